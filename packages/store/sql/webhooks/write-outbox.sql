-- Writes a delivery for each event and each endpoint that hears of it: a merchant's endpoints of that merchant's events,
-- an accountant's and an admin's of all. Runs in the transaction that makes the events happen. Answers which endpoints
-- have something to hear.
with happened as (
  select * from unnest(:event_ids::uuid[], :api_keys::integer[], :types::text[]) with ordinality
    as n(event_id, api_key, type, ordinal)
), wanted as (
  select e.id as endpoint_id, n.event_id, n.type, n.ordinal from listening_endpoints e cross join happened n
   where e.hears_all and e.events && array['*', n.type, split_part(n.type, '.', 1) || '.*']
  union all
  select e.id, n.event_id, n.type, n.ordinal from happened n join listening_endpoints e on e.api_key = n.api_key
   where not e.hears_all and e.events && array['*', n.type, split_part(n.type, '.', 1) || '.*']
), written as (
  insert into webhook_deliveries (endpoint_id, event_id, type, created_at, next_attempt_at)
  select w.endpoint_id, w.event_id, w.type, t.at, t.at
    from wanted w cross join (select clock_timestamp() as at offset 0) t
   order by w.ordinal, w.endpoint_id
  returning endpoint_id
)
select distinct endpoint_id from written
