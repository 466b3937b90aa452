-- Writes deliveries of events that an endpoint is told again, and how far that has come. If another did so meanwhile,
-- nothing is written.
with moved as (
  update webhook_states
     set replayed = case when :until::bigint < replay_last then :until end,
         replay_last = case when :until < replay_last then replay_last end,
         replay_since = case when :until < replay_last then replay_since end
   where endpoint_id = :endpoint and replayed = :after::bigint
  returning endpoint_id
)
insert into webhook_deliveries (endpoint_id, event_id, type, created_at, next_attempt_at)
select m.endpoint_id, n.event_id, n.type, clock_timestamp(), clock_timestamp()
  from moved m cross join unnest(:event_ids::uuid[], :types::text[]) with ordinality as n(event_id, type, ordinal)
 order by n.ordinal
