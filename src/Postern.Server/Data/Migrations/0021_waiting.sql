-- What waits for its user is counted per client.
create index pushed_requests_application on pushed_requests (application_id, expires_time);
create index device_codes_application on device_codes (application_id, expires_time);
create index applications_self_registered on applications (organization, created_time) where is_self_registered;
