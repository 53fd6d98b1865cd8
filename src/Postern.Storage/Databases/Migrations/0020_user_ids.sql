-- Every row that belongs to a user refers to the user's id. Names are shown, and decide nothing (docs/data-ownership.md).

-- The form in which ids are compared (RetiredIds.Form). Of ids that are equal in it, one user has it and the others keep their id as it is.
alter table users add column id_form $text not null default '';
-- only sqlite
update users set id_form = lower(replace(replace(replace(replace(replace(replace(replace(id, ' ', ''), char(173), ''), char(8203), ''), char(8204), ''), char(8205), ''), char(8288), ''), char(65279), ''));
-- only postgres
update users set id_form = lower(translate(id, ' ' || chr(173) || chr(8203) || chr(8204) || chr(8205) || chr(8288) || chr(65279), ''));
-- on both
update users set id_form = id where id_form in (select id_form from users group by id_form having count(*) > 1)
  and id <> coalesce((select o.id from users o where o.id = users.id_form), (select min(o.id) from users o where o.id_form = users.id_form));
create unique index users_id_form on users (id_form) where id_form <> '';

-- Users that are gone, as far as anything still tells of them.
insert into retired_ids (kind, id, retired_time)
select distinct 'user', lower(gone.user_id), cast(0 as bigint) from (
  select user_id from grants union select user_id from tokens union select user_id from consents union select openid_user from identity_conflicts) gone
where gone.user_id <> '' and not exists (select 1 from users u where u.id = gone.user_id)
on conflict do nothing;
insert into retired_ids (kind, id, retired_time)
select distinct 'user name', o.id || '/' || lower(substr(r.object, length(o.name) + 2)), cast(0 as bigint)
from records r join organizations o on substr(r.object, 1, length(o.name) + 1) = o.name || '/'
where r.action = 'delete-user' and r.verdict = 'ok'
on conflict do nothing;
delete from identity_conflicts where not exists (select 1 from users u where u.id = openid_user) or not exists (select 1 from users u where u.id = unionid_user);

-- A member is the id of a user, group or role, and then no text; or a text: a pattern, or a name that nothing has.
alter table memberships add column member_id $text not null default '';
create index users_whole_name on users ((owner || '/' || name));
create index objects_whole_name on objects (kind, (owner || '/' || name));
update memberships set member_id = coalesce((select u.id from users u where u.owner || '/' || u.name = memberships.member), '')
where list = 'users' and kind in ('role', 'permission');
update memberships set member_id = coalesce((select o.id from objects o where o.kind = 'group' and o.owner || '/' || o.name = memberships.member), '')
where list = 'groups' and kind in ('user', 'role', 'permission');
update memberships set member_id = coalesce((select o.id from objects o where o.kind = 'role' and o.owner || '/' || o.name = memberships.member), '')
where list = 'roles' and kind in ('role', 'permission');
update memberships set member = '' where member_id <> '';
drop index users_whole_name;
drop index objects_whole_name;
create index memberships_member_id on memberships (member_id, list, kind);

-- An object names a user of its organization. One that is older than the user named a namesake before.
alter table objects add column user_id $text not null default '';
drop index objects_user;
update objects set user_name = '' where user_name <> '' and kind not in ('key', 'order', 'payment', 'resource', 'subscription', 'ticket', 'token', 'transaction');
update objects set user_name = $property(user) where user_name <> '';
update objects set user_id = coalesce((
  select u.id from users u where u.owner = objects.organization and u.created_time < objects.created_time + 1000
    and u.name = case when substr(objects.user_name, 1, length(objects.organization) + 1) = objects.organization || '/'
      then substr(objects.user_name, length(objects.organization) + 2) else objects.user_name end), '')
where user_name <> '';
-- only sqlite
update objects set body = json_remove(body, '$.user') where user_name <> '';
-- only postgres
update objects set body = (body::jsonb - 'user')::text where user_name <> '';
-- on both
create index objects_user on objects (user_id, kind, created_time, id) where user_id <> '';
-- Names of users in objects that belong to none: no sign-in chooses one of them.
create index objects_user_name on objects (organization, user_name) where user_id = '' and user_name <> '';

alter table files add column user_id $text not null default '';
update files set user_id = coalesce((select o.user_id from objects o where o.id = files.resource_id), '');
drop index files_user;
alter table files drop column user_name;
create index files_user on files (user_id) where user_id <> '';

alter table client_sessions add column user_id $text not null default '';
update client_sessions set user_id = coalesce((
  select u.id from users u where u.owner = client_sessions.owner and u.name = client_sessions.name and u.created_time < client_sessions.created_time + 1000), '');
create index client_sessions_user on client_sessions (user_id) where user_id <> '';

alter table records add column user_id $text not null default '';
update records set user_id = coalesce((
  select u.id from users u where u.owner = records.organization and u.name = records.user_name and u.created_time <= records.created_time), '')
where user_name <> '';
create index records_user_id on records (user_id, id) where user_id <> '';
