-- How the user of a session was authenticated (RFC 8176); every session until now began with a password.
alter table sessions add column amr $text not null default 'pwd';
