-- What belongs to an application refers to its id, which is made once and never again (docs/data-ownership.md).

-- The row that may have it again: an application whose client id an update changed. Empty: nothing may.
alter table retired_ids add column holder $text not null default '';

alter table grants add column application_id $text not null default '';
alter table tokens add column application_id $text not null default '';
update grants set application_id = coalesce((select a.id from applications a where a.client_id = grants.client_id), '');
-- Both ids begin with the time of their making (RFC 9562 §5.7): what is older than the application belonged to an earlier one of its client id.
update grants set application_id = '' where substr(application_id, 15, 1) = '7' and substr(id, 15, 1) = '7' and id < application_id;
insert into retired_ids (kind, id, retired_time)
select distinct 'client', client_id, 0 from grants where client_id not in (select client_id from applications);
delete from refresh_tokens where grant_id in (select id from grants where application_id = '');
update tokens set application_id = coalesce(case when grant_id = '' then (select a.id from applications a where a.name = tokens.application)
  else (select g.application_id from grants g where g.id = tokens.grant_id) end, '');
update tokens set application_id = '' where grant_id = '' and substr(application_id, 15, 1) = '7' and substr(id, 15, 1) = '7' and id < application_id;
delete from tokens where application_id = '';
delete from grants where application_id = '';
alter table grants drop column client_id;
alter table tokens drop column application;
create index grants_application on grants (application_id);

alter table authorization_codes add column application_id $text not null default '';
update authorization_codes set application_id = coalesce((select a.id from applications a where a.client_id = authorization_codes.client_id), '');
delete from authorization_codes where application_id = '';
alter table authorization_codes drop column client_id;

alter table pushed_requests add column application_id $text not null default '';
update pushed_requests set application_id = coalesce((select a.id from applications a where a.client_id = pushed_requests.client_id), '');
delete from pushed_requests where application_id = '';
alter table pushed_requests drop column client_id;

alter table device_codes add column application_id $text not null default '';
update device_codes set application_id = coalesce((select a.id from applications a where a.client_id = device_codes.client_id), '');
delete from device_codes where application_id = '';
alter table device_codes drop column client_id;

alter table logout_notices add column application_id $text not null default '';
update logout_notices set application_id = coalesce((select a.id from applications a where a.client_id = logout_notices.client_id), '');
delete from logout_notices where application_id = '';
alter table logout_notices drop column client_id;

alter table consents rename to old_consents;
create table consents (
  user_id $text not null,
  application_id $text not null,
  scope $text not null,
  created_time bigint not null,
  primary key (user_id, application_id)
);
insert into consents (user_id, application_id, scope, created_time)
select c.user_id, a.id, c.scope, c.created_time from old_consents c join applications a on a.client_id = c.client_id
where substr(a.id, 15, 1) <> '7'
-- only sqlite
  or printf('%012x', c.created_time) >= substr(a.id, 1, 8) || substr(a.id, 10, 4);
-- only postgres
  or lpad(to_hex(c.created_time), 12, '0') collate "C" >= substr(a.id, 1, 8) || substr(a.id, 10, 4);
-- on both
drop table old_consents;
create index consents_application on consents (application_id);
