-- The security profile that an application is held to: '' for the usual rules, or fapi2 (docs/fapi.md).
alter table applications add column security_profile $text not null default '';
