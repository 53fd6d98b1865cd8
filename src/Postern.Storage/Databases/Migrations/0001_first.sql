-- $text, $id are written per database by Migrations.cs: text that compares by code point, and a growing integer key.

create table settings (
  name $text primary key,
  value $text not null
);

create table organizations (
  id $text primary key,
  owner $text not null,
  name $text not null unique,
  created_time bigint not null,
  display_name $text not null,
  password_type $text not null,
  default_application $text not null,
  account_items $text not null,
  disable_signin boolean not null,
  enable_soft_deletion boolean not null,
  is_profile_public boolean not null,
  token_retention_days bigint not null,
  record_retention_days bigint not null,
  password_options $text not null default '[]',
  default_avatar $text not null default '',
  default_token_format $text not null default '',
  use_email_as_username boolean not null default false,
  is_demo boolean not null default false,
  body $text not null
);

create table applications (
  id $text primary key,
  owner $text not null,
  name $text not null unique,
  created_time bigint not null,
  organization $text not null,
  client_id $text not null unique,
  client_secret $text not null,
  display_name $text not null,
  enable_sign_up boolean not null,
  enable_password boolean not null,
  disable_signin boolean not null,
  is_shared boolean not null,
  api_access boolean not null,
  providers $text not null,
  grant_types $text not null,
  redirect_uris $text not null,
  scopes $text not null,
  cert $text not null,
  token_format $text not null,
  token_signing_method $text not null,
  token_endpoint_auth_method $text not null,
  token_fields $text not null,
  token_attributes $text not null,
  expire_in_hours double precision not null,
  refresh_expire_in_hours double precision not null,
  cookie_expire_in_hours bigint not null,
  failed_signin_limit bigint not null,
  failed_signin_frozen_time bigint not null,
  is_demo boolean not null default false,
  body $text not null
);
create index applications_organization on applications (organization);

create table providers (
  id $text primary key,
  owner $text not null,
  name $text not null unique,
  created_time bigint not null,
  display_name $text not null,
  category $text not null,
  type $text not null,
  client_id $text not null,
  client_secret $text not null,
  client_id2 $text not null,
  client_secret2 $text not null,
  open_platform $text not null,
  is_demo boolean not null default false,
  body $text not null
);

create table certs (
  id $text primary key,
  owner $text not null,
  name $text not null unique,
  created_time bigint not null,
  display_name $text not null,
  scope $text not null,
  type $text not null,
  crypto_algorithm $text not null,
  bit_size bigint not null,
  expire_in_years bigint not null,
  certificate $text not null,
  private_key $text not null,
  access_secret $text not null,
  is_demo boolean not null default false,
  body $text not null
);

-- id is the token's sub: unique over the installation, never used again.
create table users (
  id $text primary key,
  owner $text not null,
  name $text not null,
  created_time bigint not null,
  updated_time bigint not null,
  deleted_time bigint not null,
  type $text not null,
  password $text not null,
  password_type $text not null,
  password_salt $text not null,
  display_name $text not null,
  avatar $text not null,
  -- Who set the two: a sign-in may replace only what a sign-in set.
  display_name_by_signin boolean not null,
  avatar_by_signin boolean not null,
  email $text not null,
  phone $text not null,
  country_code $text not null,
  is_admin boolean not null,
  is_forbidden boolean not null,
  is_deleted boolean not null,
  signup_application $text not null,
  last_signin_time bigint not null,
  last_signin_ip $text not null,
  last_signin_wrong_time bigint not null,
  signin_wrong_times bigint not null,
  secrets $text not null,
  is_demo boolean not null default false,
  body $text not null,
  unique (owner, name)
);
create index users_email on users (owner, email) where email <> '';
create index users_phone on users (owner, phone) where phone <> '';
create index users_created on users (owner, created_time, id);

create table external_identities (
  organization $text not null,
  kind $text not null,
  issuer $text not null,
  subject $text not null,
  user_id $text not null references users (id) on delete cascade,
  created_time bigint not null,
  primary key (organization, kind, issuer, subject)
);
create index external_identities_user on external_identities (user_id);

-- openid and unionid that point to different users: for an administrator to merge.
create table identity_conflicts (
  organization $text not null,
  openid_user $text not null,
  unionid_user $text not null,
  issuer $text not null,
  created_time bigint not null,
  primary key (organization, openid_user, unionid_user)
);

-- What one subject allowed one client; revoked as one.
create table grants (
  id $text primary key,
  organization $text not null,
  user_id $text not null,
  client_id $text not null,
  grant_type $text not null,
  scope $text not null,
  with_secret boolean not null,
  auth_time bigint not null,
  created_time bigint not null,
  expires_time bigint not null,
  ended_time bigint,
  -- SHA-256 of (client, appid, code) and the address it came from: another node answers a retry from it.
  code_hash $text,
  code_address $text
);
create index grants_user on grants (user_id);
create index grants_code on grants (code_hash) where code_hash is not null;
create index grants_expires on grants (expires_time);

create table tokens (
  id $text primary key,
  grant_id $text not null,
  organization $text not null,
  application $text not null,
  user_id $text not null,
  user_name $text not null,
  grant_type $text not null,
  scope $text not null,
  created_time bigint not null,
  expires_time bigint not null,
  revoked_time bigint
);
create index tokens_grant on tokens (grant_id);
create index tokens_expires on tokens (expires_time);

create table refresh_tokens (
  id $text primary key,
  grant_id $text not null,
  hash $text not null,
  created_time bigint not null,
  expires_time bigint not null,
  used_time bigint,
  successor_id $text
);
create index refresh_tokens_grant on refresh_tokens (grant_id);

-- A browser's sign-in at us; the row holds SHA-256 of the cookie's value.
create table sessions (
  hash $text primary key,
  user_id $text not null,
  created_time bigint not null,
  expires_time bigint not null
);
create index sessions_user on sessions (user_id);
create index sessions_expires on sessions (expires_time);

create table records (
  id $id,
  owner $text not null,
  name $text not null,
  created_time bigint not null,
  organization $text not null,
  client_ip $text not null,
  user_name $text not null,
  method $text not null,
  request_uri $text not null,
  action $text not null,
  object $text not null,
  status_code bigint not null,
  detail $text not null
);
create index records_organization on records (organization, created_time);

-- Refusals of the unauthenticated, counted instead of written one by one: a row each is a way to fill the disk.
create table refusal_counts (
  client $text not null,
  reason $text not null,
  minute bigint not null,
  total bigint not null,
  primary key (client, reason, minute)
);

-- Which entries of init_data.json were taken; each is taken once, ever.
create table init_ledger (
  kind $text not null,
  owner $text not null,
  name $text not null,
  digest $text not null,
  taken_time bigint not null,
  primary key (kind, owner, name)
);
