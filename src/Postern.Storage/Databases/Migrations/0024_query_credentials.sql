-- Applications that put credentials into addresses, for administrators to see.
create table query_credentials (
  application_id $text primary key references applications (id) on delete cascade,
  first_time bigint not null,
  last_time bigint not null
);
