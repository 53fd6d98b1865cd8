-- Ids that were used once and are never given again: a token or a log somewhere may still hold them.
create table retired_ids (
  -- What had it (RetiredIds).
  kind $text not null,
  -- In the form in which ids are compared (RetiredIds.Form).
  id $text not null,
  retired_time bigint not null,
  primary key (kind, id)
);
