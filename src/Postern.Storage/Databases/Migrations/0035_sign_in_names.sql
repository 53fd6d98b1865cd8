-- Who set the address and the number: what a user set opens no sign-in (docs/sign-in-names.md).
alter table users add column email_by_user boolean not null default false;
alter table users add column phone_by_user boolean not null default false;

-- A user who changed them has a record of it. Where records are deleted after a time, each user who has signed in may have changed them.
update users set email_by_user = true
where email <> '' and cast($property(emailVerified) as text) not in ('1', 'true')
  and (exists (select 1 from records r where r.user_id = users.id and r.action = 'update-user' and r.detail like '%email%')
    or (last_signin_time > 0 and exists (select 1 from organizations o where o.id = users.organization_id and o.record_retention_days > 0)));
update users set phone_by_user = true
where phone <> ''
  and (exists (select 1 from records r where r.user_id = users.id and r.action = 'update-user' and r.detail like '%phone%')
    or (last_signin_time > 0 and exists (select 1 from organizations o where o.id = users.organization_id and o.record_retention_days > 0)));
