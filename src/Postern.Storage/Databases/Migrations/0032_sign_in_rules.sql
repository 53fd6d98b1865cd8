-- What decides who may sign in, as columns that are read with the application (docs/sign-in-rules.md).
alter table applications add column tags $text not null default '[]';
alter table applications add column ip_whitelist $text not null default '';
update applications set tags = coalesce(nullif($property(tags), ''), '[]'), ip_whitelist = $property(ipWhitelist);

alter table organizations add column ip_whitelist $text not null default '';
alter table organizations add column password_expire_days bigint not null default 0;
alter table organizations add column mfa_items $text not null default 'null';
update organizations set ip_whitelist = $property(ipWhitelist), mfa_items = coalesce(nullif($property(mfaItems), ''), 'null'),
  password_expire_days = cast(cast(coalesce(nullif($property(passwordExpireDays) || '', ''), '0') as numeric) as bigint);

-- The address that the user signed in from, where a client's server speaks for the user later; empty = not known.
alter table grants add column address $text not null default '';
alter table authorization_codes add column address $text not null default '';

-- Permissions of applications refer to the application's id; "*" is every application of the organization.
insert into memberships (object_id, list, place, kind, member, member_id)
select named.id, 'applications', min(named.place), 'permission', case when a.id is null then named.member else '' end, coalesce(a.id, '')
from (
  select o.id, e.key as place,
    case when e.value = '*' then o.organization || '/*' when e.value like 'admin/%' then e.value else 'admin/' || e.value end as member
  from objects o, $elements(resources)
  where o.kind = 'permission' and $property(resourceType) = 'Application' and e.value <> '') named
left join applications a on 'admin/' || a.name = named.member
group by named.id, a.id, named.member;
