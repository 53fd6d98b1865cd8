-- Lists of tokens, rows that clients keep beside our own, and uploaded files.

-- An organization's newest tokens; ids grow with time.
create index tokens_organization on tokens (organization, id);

-- Sessions that clients write down (add-session). Nobody is signed in by one. The row with the empty session_id is the
-- session itself, the others are what stands in it.
create table client_sessions (
  owner $text not null,
  name $text not null,
  application $text not null,
  session_id $text not null,
  created_time bigint not null,
  is_exclusive boolean not null default false,
  primary key (owner, name, application, session_id)
);

-- Whose an object is within its organization, where it names a user.
alter table objects add column user_name $text not null default '';
update objects set user_name = $property(user);
create index objects_user on objects (kind, organization, user_name, created_time, id) where user_name <> '';

-- Files of upload-resource. The id is the file's name on disk and in its address; nothing that a client sent is.
create table files (
  id $text primary key,
  -- The row of objects that describes it.
  resource_id $text not null unique,
  owner $text not null,
  user_name $text not null,
  extension $text not null,
  size bigint not null,
  created_time bigint not null
);
create index files_user on files (owner, user_name);
