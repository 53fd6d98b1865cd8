-- Why a delivery was not taken, as a stable code beside the message (docs/api.md).
alter table webhook_events add column reason $text not null default '';
update webhook_events set reason = case
  when error like 'it answered%' then 'answered'
  when error like '%five seconds%' then 'timeout'
  when error like '%no public address%' then 'private_address'
  when error like 'only https%' then 'address_not_allowed'
  when error like '%switched off%' then 'switched_off'
  when error like '%larger than%' then 'too_large'
  when error like '%record of it is gone%' then 'record_gone'
  else 'unreachable' end
where error <> '';
