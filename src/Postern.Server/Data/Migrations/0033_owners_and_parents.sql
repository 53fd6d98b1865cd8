-- A record belongs to the organization of its object too: that one's copy names the organization of the actor.
alter table records add column actor_organization_id $text not null default '';

-- What an event is about, by the id of its row.
alter table webhook_events add column object_kind $text not null default '';
alter table webhook_events add column object_id $text not null default '';
