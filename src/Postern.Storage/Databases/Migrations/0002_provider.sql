-- What a complete OAuth 2.1 / OpenID Connect provider keeps beside grants and tokens.
-- $property(x) is the text of a property of the row's body, $bytes a column of bytes: both as the database spells them.

alter table organizations add column dcr_policy $text not null default '';
update organizations set dcr_policy = $property(dcrPolicy);

alter table applications add column client_cert $text not null default '';
alter table applications add column jwks_uri $text not null default '';
alter table applications add column jwks $text not null default '';
alter table applications add column backchannel_logout_uri $text not null default '';
alter table applications add column custom_scopes $text not null default 'null';
-- Nobody of us knows who registered it (RFC 7591).
alter table applications add column is_self_registered boolean not null default false;
-- SHA-256 of the registration access token (RFC 7592).
alter table applications add column registration_hash $text not null default '';
update applications set client_cert = $property(clientCert), backchannel_logout_uri = $property(backchannelLogoutUri),
  custom_scopes = coalesce(nullif($property(customScopes), ''), 'null');

-- A token is found by its id, and by nothing else that it belongs to.
drop index tokens_grant;

alter table grants add column resource $text not null default '';
-- Thumbprint of the key that the grant's tokens are bound to (RFC 9449); empty for bearers.
alter table grants add column jkt $text not null default '';
alter table grants add column amr $text not null default '';
-- The browser's sign-in that it was given in, by its hash; empty where there was none.
alter table grants add column session_hash $text not null default '';
create index grants_session on grants (session_hash) where session_hash <> '';

-- One authorization that waits to be redeemed; found by SHA-256 of the code.
create table authorization_codes (
  hash $text primary key,
  grant_id $text not null,
  client_id $text not null,
  user_id $text not null,
  redirect_uri $text not null,
  scope $text not null,
  resource $text not null,
  nonce $text not null,
  code_challenge $text not null,
  jkt $text not null,
  auth_time bigint not null,
  amr $text not null,
  session_hash $text not null,
  created_time bigint not null,
  expires_time bigint not null,
  used_time bigint
);
create index authorization_codes_expires on authorization_codes (expires_time);

-- Pushed authorization requests (RFC 9126), by SHA-256 of the request_uri.
create table pushed_requests (
  hash $text primary key,
  client_id $text not null,
  parameters $text not null,
  expires_time bigint not null
);
create index pushed_requests_expires on pushed_requests (expires_time);

-- Device authorizations (RFC 8628); both codes by their SHA-256.
create table device_codes (
  hash $text primary key,
  user_code_hash $text not null unique,
  client_id $text not null,
  scope $text not null,
  resource $text not null,
  -- Empty until somebody decides.
  user_id $text not null default '',
  is_denied boolean not null default false,
  auth_time bigint not null default 0,
  amr $text not null default '',
  interval_seconds bigint not null,
  polled_time bigint not null default 0,
  created_time bigint not null,
  expires_time bigint not null,
  used_time bigint
);
create index device_codes_expires on device_codes (expires_time);

-- What a user allowed a client to ask for without asking him again.
create table consents (
  user_id $text not null,
  client_id $text not null,
  scope $text not null,
  created_time bigint not null,
  primary key (user_id, client_id)
);

-- Identifiers of proofs and assertions that were presented: each is good once (RFC 9449 §11.1, RFC 7523 §3).
create table used_jtis (
  hash $text primary key,
  expires_time bigint not null
);
create index used_jtis_expires on used_jtis (expires_time);

-- Sign-outs that clients are still to be told of (OpenID Connect Back-Channel Logout).
create table logout_notices (
  id $text primary key,
  client_id $text not null,
  user_id $text not null,
  sid $text not null,
  attempts bigint not null,
  next_time bigint not null
);
create index logout_notices_next on logout_notices (next_time);

-- Pictures of the hosted pages, fetched once and served by us; found by SHA-256 of their address.
create table logos (
  hash $text primary key,
  content_type $text not null,
  picture $bytes,
  tried_time bigint not null
);
