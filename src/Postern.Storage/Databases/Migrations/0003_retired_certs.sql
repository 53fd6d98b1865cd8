-- Names of deleted certs: the kid of tokens that may still be about, so no other key ever has it.
create table retired_certs (
  name $text primary key,
  retired_time bigint not null
);
