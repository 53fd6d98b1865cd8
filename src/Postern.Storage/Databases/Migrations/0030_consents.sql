-- A consent is for the client as the page showed it, and for the origin that the page named (docs/decisions/0018-consent-is-remembered.md).
drop index consents_application;
alter table consents rename to old_consents;
create table consents (
  user_id $text not null,
  application_id $text not null,
  origin $text not null default '',
  client_hash $text not null default '',
  scope $text not null,
  created_time bigint not null,
  primary key (user_id, application_id, origin)
);
insert into consents (user_id, application_id, scope, created_time)
select c.user_id, c.application_id, c.scope, c.created_time from old_consents c join applications a on a.id = c.application_id where not a.is_self_registered;
drop table old_consents;
create index consents_application on consents (application_id);
