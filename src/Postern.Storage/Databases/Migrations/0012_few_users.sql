-- Those few users that an administrator looks for among a million.
create index users_forbidden on users (owner, created_time, id) where is_forbidden;
create index users_admins on users (owner, created_time, id) where is_admin;
