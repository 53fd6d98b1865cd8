-- What id_tokens of an application say of the user. Applications that exist keep what their clients read; one that registered itself has
-- never more than the user allowed it.
alter table applications add column id_token_claims $text not null default 'standard';
update applications set id_token_claims = 'casdoor' where not is_self_registered and name <> 'app-console';

-- The claims that a request asked for by name (OpenID Connect Core section 5.5).
alter table authorization_codes add column claims $text not null default '';
alter table grants add column claims $text not null default '';
alter table tokens add column claims $text not null default '';
