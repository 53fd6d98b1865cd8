-- A record belongs to the organization of its object too: that one's copy names the organization of the actor.
alter table records add column actor_organization_id $text not null default '';

-- What an event is about, by the id of its row.
alter table webhook_events add column object_kind $text not null default '';
alter table webhook_events add column object_id $text not null default '';

-- Names of groups are unique within their organization alone.
update objects set lookup = '' where kind = 'group';

-- A group's parent is kept by id: the group of that name in the same organization. One that names its organization is at the top.
update memberships set member_id = (
  select p.id from objects c join objects p on p.kind = 'group' and p.owner = c.owner
  where c.id = memberships.object_id and (p.name = memberships.member or p.owner || '/' || p.name = memberships.member))
where list = 'parent' and kind = 'group' and member_id = '' and member <> coalesce((select c.owner from objects c where c.id = memberships.object_id), '') and exists (
  select 1 from objects c join objects p on p.kind = 'group' and p.owner = c.owner
  where c.id = memberships.object_id and (p.name = memberships.member or p.owner || '/' || p.name = memberships.member));
update memberships set member = '' where list = 'parent' and kind = 'group' and member_id <> '';
delete from memberships where list = 'parent' and kind = 'group' and member_id = ''
  and member = coalesce((select c.owner from objects c where c.id = memberships.object_id), '');
update memberships set member = (select c.owner || '/' from objects c where c.id = memberships.object_id) || member
where list = 'parent' and kind = 'group' and member_id = '' and member not like '%/%' and exists (select 1 from objects c where c.id = memberships.object_id);

-- Groups that stand above each other in a circle have no parent any more.
with recursive up (start, at) as (
  select object_id, member_id from memberships where list = 'parent' and kind = 'group' and member_id <> ''
  union
  select up.start, m.member_id from up join memberships m on m.object_id = up.at and m.list = 'parent' and m.kind = 'group' where m.member_id <> ''
)
delete from memberships where list = 'parent' and kind = 'group' and object_id in (select start from up where at = start);
