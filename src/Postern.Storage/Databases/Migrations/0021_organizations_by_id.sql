-- What belongs to an organization refers to its id; names stand beside it where lists show them, and one transaction renames
-- all of them (docs/data-ownership.md).

-- What an upgrade could not decide by itself; a start says it once.
create table upgrade_notes (note $text primary key);

-- An organization that rows name and that does not exist: it is made, closed, so that no later organization of its name gets them.
create table missing_organizations (name $text primary key);
insert into missing_organizations (name)
select named.name from (
  select owner as name from users union select organization from applications union select organization from objects where organization <> 'admin'
  union select owner from providers where owner <> 'admin' union select owner from certs where owner <> 'admin') named
where named.name <> '' and named.name not in (select name from organizations);
insert into organizations (id, owner, name, created_time, display_name, password_type, default_application, account_items, disable_signin,
  enable_soft_deletion, is_profile_public, token_retention_days, record_retention_days, body)
select
-- only sqlite
  lower(hex(randomblob(16))),
-- only postgres
  gen_random_uuid()::text,
-- on both
  'admin', name, 0, '', '', '', '[]', true, false, false, 0, 0, '{}' from missing_organizations;
insert into upgrade_notes (note)
select 'The organization ' || name || ' did not exist, but objects named it: it was made, with sign-in disabled. Look at them, then enable it or delete them. 组织 '
  || name || ' 不存在但被其他对象引用：已创建该组织并停用登录，请检查后启用或删除。' from missing_organizations;
drop table missing_organizations;

-- An object under the names of an organization that is not its own: another could neither see nor use that name.
insert into upgrade_notes (note)
select 'The ' || kind || ' ' || owner || '/' || name || ' belongs to the organization ' || organization || ': its owner is that organization from now on. 对象 '
  || owner || '/' || name || ' 属于组织 ' || organization || '：其 owner 已改为该组织。'
from objects where owner not in ('admin', 'built-in', organization) and organization not in ('admin', '')
on conflict do nothing;
update objects set
  name = case when exists (select 1 from objects o where o.kind = objects.kind and o.name = objects.name and o.id <> objects.id
    and (o.owner = objects.organization or o.organization = objects.organization)) then name || '-' || id else name end,
  owner = organization
where owner not in ('admin', 'built-in', organization) and organization not in ('admin', '');

-- Null is the installation.
alter table applications add column organization_id $text references organizations (id);
update applications set organization_id = (select o.id from organizations o where o.name = applications.organization);
alter table users add column organization_id $text references organizations (id);
update users set organization_id = (select o.id from organizations o where o.name = users.owner);
alter table providers add column organization_id $text references organizations (id);
update providers set organization_id = (select o.id from organizations o where o.name = providers.owner);
alter table certs add column organization_id $text references organizations (id);
update certs set organization_id = (select o.id from organizations o where o.name = certs.owner);
alter table objects add column organization_id $text references organizations (id);
update objects set organization_id = (select o.id from organizations o where o.name = objects.organization);

-- An identity belongs to its user, and he to his organization. A unionid without an account of its own is the organization's.
alter table external_identities rename to old_identities;
create table external_identities (
  organization_id $text not null,
  kind $text not null,
  issuer $text not null,
  subject $text not null,
  user_id $text not null references users (id) on delete cascade,
  created_time bigint not null,
  primary key (organization_id, kind, issuer, subject)
);
insert into external_identities (organization_id, kind, issuer, subject, user_id, created_time)
select u.organization_id, i.kind, case when i.kind = 'unionid' and i.issuer like 'organization:%' then 'organization:' || u.organization_id else i.issuer end, i.subject, i.user_id, i.created_time
from old_identities i join users u on u.id = i.user_id where u.organization_id is not null
on conflict do nothing;
drop table old_identities;
create index external_identities_user on external_identities (user_id);
create index external_identities_newest on external_identities (kind, issuer, created_time);

alter table identity_conflicts rename to old_conflicts;
create table identity_conflicts (
  organization_id $text not null,
  openid_user $text not null,
  unionid_user $text not null,
  issuer $text not null,
  created_time bigint not null,
  primary key (organization_id, openid_user, unionid_user)
);
insert into identity_conflicts (organization_id, openid_user, unionid_user, issuer, created_time)
select u.organization_id, c.openid_user, c.unionid_user, case when c.issuer like 'organization:%' then 'organization:' || u.organization_id else c.issuer end, c.created_time
from old_conflicts c join users u on u.id = c.openid_user where u.organization_id is not null
on conflict do nothing;
drop table old_conflicts;

-- A grant is its user's and its application's; each of them knows its organization.
alter table grants drop column organization;

alter table tokens add column organization_id $text not null default '';
update tokens set organization_id = coalesce(case when user_id = '' then (select a.organization_id from applications a where a.id = tokens.application_id)
  else (select u.organization_id from users u where u.id = tokens.user_id) end, '');
drop index tokens_organization;
drop index tokens_expires;
alter table tokens drop column organization;
create index tokens_organization on tokens (organization_id, id);
create index tokens_expires on tokens (organization_id, expires_time);

-- What an earlier organization of the name did is not this one's: its id begins with the time of its making (RFC 9562 §5.7).
alter table records add column organization_id $text not null default '';
update records set organization_id = coalesce((select o.id from organizations o where o.name = records.organization and (substr(o.id, 15, 1) <> '7'
-- only sqlite
  or printf('%012x', records.created_time) >= substr(o.id, 1, 8) || substr(o.id, 10, 4)
-- only postgres
  or lpad(to_hex(records.created_time), 12, '0') collate "C" >= substr(o.id, 1, 8) || substr(o.id, 10, 4)
-- on both
  )), '');
drop index records_organization;
drop index records_action;
drop index records_user;
create index records_organization on records (organization_id, id);
create index records_action on records (organization_id, action, id);
create index records_user on records (organization_id, user_name, id);

alter table webhook_events add column organization_id $text not null default '';
update webhook_events set organization_id = coalesce((select r.organization_id from records r where r.id = webhook_events.record_id), '');

alter table statistics rename to old_statistics;
drop index statistics_hour;
create table statistics (
  -- '' counts all of them together.
  organization_id $text not null,
  hour bigint not null,
  measure $text not null,
  label $text not null,
  total bigint not null,
  primary key (organization_id, hour, measure, label)
);
insert into statistics (organization_id, hour, measure, label, total)
select case s.organization when '' then '' else o.id end, s.hour, s.measure, s.label, s.total
from old_statistics s left join organizations o on o.name = s.organization where s.organization = '' or o.id is not null;
drop table old_statistics;
create index statistics_hour on statistics (hour);
