-- What an application does with a person that no user has the identity of (docs/accounts.md).
alter table applications add column first_signin_policy $text not null default 'create';

-- When a sign-in last came by an identity, noted once an hour at most; null = not known.
alter table external_identities add column last_used_time bigint;

-- What users unbound: automatic linking never gives an identity back to its former user.
create table unbound_identities (
  organization_id $text not null,
  kind $text not null,
  issuer $text not null,
  subject $text not null,
  user_id $text not null references users (id) on delete cascade,
  unbound_time bigint not null,
  primary key (organization_id, kind, issuer, subject, user_id)
);
create index unbound_identities_user on unbound_identities (user_id);

-- Tickets that bind an identity, proved a short time ago, to an account. A ticket is kept as its SHA-256.
create table binding_tickets (
  hash $text primary key,
  application_id $text not null,
  provider_id $text not null,
  organization_id $text not null,
  app_id $text not null,
  openid $text not null,
  open_platform $text not null,
  unionid $text not null,
  created_time bigint not null,
  expires_time bigint not null
);
create index binding_tickets_expires on binding_tickets (expires_time);
create index binding_tickets_application on binding_tickets (application_id);
