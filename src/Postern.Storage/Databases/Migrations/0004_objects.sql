-- Every kind of the Casdoor API that has no table of its own (Casdoor/Kinds): one row per object.

create table objects (
  id $text primary key,
  kind $text not null,
  owner $text not null,
  name $text not null,
  created_time bigint not null,
  -- Whose it is: who administers this organization administers the object.
  organization $text not null,
  display_name $text not null default '',
  -- What only one object of the kind may have beside its name: a group's name, an access key, a coupon's code.
  lookup $text not null default '',
  secrets $text not null default '',
  is_demo boolean not null default false,
  body $text not null,
  unique (kind, owner, name)
);
create index objects_created on objects (kind, owner, created_time, id);
create index objects_organization on objects (kind, organization, created_time, id);
create unique index objects_lookup on objects (kind, lookup) where lookup <> '';

-- Lists of names in groups, roles and permissions; the JSON arrays are views of these rows (design section 4).
-- list is the property (users, groups, roles), member the text in it: organization/name, or a pattern with *.
create table memberships (
  object_id $text not null,
  list $text not null,
  place bigint not null,
  kind $text not null,
  member $text not null,
  primary key (object_id, list, place)
);
create index memberships_member on memberships (member, list, kind);

insert into memberships (object_id, list, place, kind, member)
select u.id, 'groups', e.key, 'user', e.value from users u, $elements(groups) where e.value <> '';
