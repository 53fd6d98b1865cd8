-- What a record says beside who, when and where: old and new values without secrets, and how it ended (decision 0010).
alter table records add column verdict $text not null default 'ok';
alter table records add column new_values $text not null default '';
alter table records add column old_values $text not null default '';
update records set verdict = 'refused' where action in ('signin-refused', 'update-user-refused', 'refresh-token-replayed', 'code-replayed');

-- Lists go by id, the newest first, within one organization and one action or user of it.
drop index records_organization;
create index records_organization on records (organization, id);
create index records_action on records (organization, action, id);
create index records_user on records (organization, user_name, id);

-- Each organization keeps its expired tokens as long as it says.
drop index tokens_expires;
create index tokens_expires on tokens (organization, expires_time);
