-- Policy rules of adapters that use our database; line is a JSON array, its first item the type (p, g, …).
create table policies (
  id $text primary key,
  adapter_id $text not null,
  line $text not null,
  unique (adapter_id, line)
);
create index policies_adapter on policies (adapter_id, id);
