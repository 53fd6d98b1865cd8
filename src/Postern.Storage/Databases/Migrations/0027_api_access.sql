-- What an application's credentials open: none, organization, or installation, which a global administrator gives.
alter table applications add column api_reach $text not null default 'organization';
update applications set api_reach = case when api_access then 'organization' else 'none' end;
alter table applications drop column api_access;
alter table applications rename column api_reach to api_access;

-- A client's session has the time that the client wrote, as it wrote it.
alter table client_sessions add column created_text $text not null default '';
