-- What webhooks are to be told, written in one transaction with the record that tells it (decision 0016).
create table webhook_events (
  id $id,
  webhook_id $text not null,
  record_id bigint not null,
  organization $text not null,
  action $text not null,
  created_time bigint not null,
  updated_time bigint not null,
  -- Pending, Retrying, Success or Failed.
  state $text not null,
  attempts bigint not null,
  -- When it is tried; 0 = no more.
  next_time bigint not null,
  status_code bigint not null,
  response $text not null,
  error $text not null
);
create index webhook_events_due on webhook_events (next_time, id) where next_time > 0;
create index webhook_events_webhook on webhook_events (webhook_id, id);
create index webhook_events_state on webhook_events (webhook_id, state, updated_time);
create index webhook_events_created on webhook_events (created_time);

-- What each webhook hears, as organization/action; an empty organization is all of them.
insert into memberships (object_id, list, place, kind, member)
select id, 'hears', min(place), 'webhook', member from (
  select o.id, e.key as place,
    case when o.organization in ('built-in', 'admin') and $property(singleOrgOnly) || '' not in ('true', '1') then '' else o.organization end
      || '/' || case e.value when 'login' then 'signin' when 'signup' then 'new-user' else e.value end as member
  from objects o, $elements(events)
  where o.kind = 'webhook' and e.value <> '' and $property(isEnabled) || '' in ('true', '1')) heard
group by id, member;
