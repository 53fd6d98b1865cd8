-- What waits for its user is counted per client.
create index pushed_requests_application on pushed_requests (application_id, expires_time);
create index device_codes_application on device_codes (application_id, expires_time);
