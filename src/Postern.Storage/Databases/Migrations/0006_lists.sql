-- Lists cost the same however many users there are: counts are kept, orders and beginnings are indexed.

create table user_counts (
  owner $text not null,
  -- PostgreSQL counts by session, so that sign-ups at once do not wait for each other; the count is the sum.
  shard bigint not null,
  total bigint not null,
  primary key (owner, shard)
);

-- only sqlite
create trigger users_added after insert on users begin
  insert into user_counts (owner, shard, total) values (new.owner, 0, 1)
    on conflict (owner, shard) do update set total = total + 1;
end;
create trigger users_removed after delete on users begin
  update user_counts set total = total - 1 where owner = old.owner and shard = 0;
end;
create trigger users_moved after update of owner on users when old.owner <> new.owner begin
  update user_counts set total = total - 1 where owner = old.owner and shard = 0;
  insert into user_counts (owner, shard, total) values (new.owner, 0, 1)
    on conflict (owner, shard) do update set total = total + 1;
end;

-- only postgres
alter table user_counts set (fillfactor = 50);
create function count_users() returns trigger language plpgsql as $$
begin
  insert into user_counts as kept (owner, shard, total)
    select owner, pg_backend_pid() % 16, count(*) * case tg_op when 'INSERT' then 1 else -1 end
    from written group by owner order by owner
    on conflict (owner, shard) do update set total = kept.total + excluded.total;
  return null;
end $$;
create trigger users_added after insert on users
  referencing new table as written for each statement execute function count_users();
create trigger users_removed after delete on users
  referencing old table as written for each statement execute function count_users();
-- Only an organization's new name moves users. A trigger for one column sees no rows, and one for every update would be
-- a cost of each sign-in. The lock waits for whoever has counted and not committed; who comes later counts on top.
create function recount_users() returns trigger language plpgsql as $$
begin
  lock table user_counts in share row exclusive mode;
  delete from user_counts;
  insert into user_counts (owner, shard, total) select owner, 0, count(*) from users group by owner;
  return null;
end $$;
create trigger users_moved after update of owner on users for each statement execute function recount_users();
-- A sign-in's update stays within its page and touches no index.
alter table users set (fillfactor = 85);
-- on both
-- After the triggers, which nobody's sign-up passes from here on.
insert into user_counts (owner, shard, total) select owner, 0, count(*) from users group by owner;

-- With the owner, so that PostgreSQL may read one owner's list from it where nearly everybody is of that owner.
create index users_created_everywhere on users (created_time, id, owner);
-- A hundred characters: PostgreSQL refuses a row whose index entry is longer than a third of a page.
create index users_display_name on users (owner, substr(display_name, 1, 100), id);
drop index users_email;
create index users_email on users (owner, email, id);
drop index users_phone;
create index users_phone on users (owner, phone, id);

-- All without the empty ones: a search repeats the condition and SQLite then reads no row to test it.
create index users_name_begins on users (owner, lower(substr(name, 1, 100)), id) where name <> '';
create index users_display_name_begins on users (owner, lower(substr(display_name, 1, 100)), id) where display_name <> '';
create index users_email_begins on users (owner, lower(substr(email, 1, 100)), id) where email <> '';
create index users_phone_begins on users (owner, lower(substr(phone, 1, 100)), id) where phone <> '';
