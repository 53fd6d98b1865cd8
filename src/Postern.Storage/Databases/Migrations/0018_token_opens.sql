-- What a token opens of our own API (docs/tokens.md): 0 nothing, 1 userinfo, 2 reads, 3 everything.
-- A token that was issued before opens everything where it has the whole scope of a grant that names no other API.
alter table tokens add column opens integer not null default 1;
update tokens set opens = 3
where grant_type <> 'urn:ietf:params:oauth:grant-type:token-exchange'
  and (grant_id = '' or exists (select 1 from grants g where g.id = tokens.grant_id and g.resource = '' and g.scope = tokens.scope));
