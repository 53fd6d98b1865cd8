-- Who came through a Mini Program last for the first time.
create index external_identities_newest on external_identities (kind, issuer, created_time);
