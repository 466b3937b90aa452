-- Events with numbers from beyond :after up to :until, in order; of one API key and of some types, if these are given.
-- Numbers have no gaps, so at most :until - :after ranges can lie in between. How many positions a range has, Postgres
-- can't tell beforehand and would rather read whole tables: `offset 0` has it look up one range, and one job, at a time.
with ranges as (
  select * from (select * from event_ranges where last_number > :after::bigint
                  order by last_number limit :until::bigint - :after::bigint) r
   where first_number <= :until
), happened as (
  select r.first_number + j.position - r.first_position as number, j.id,
         case when o.rejection is null then 'operation.completed' else 'operation.rejected' end as type,
         o.applied_at as happened_at, null::json as data
    from ranges r
   cross join lateral (
     select id, position from jobs
      where lane = r.lane and priority = r.priority
        and position between r.first_position + greatest(:after - r.first_number + 1, 0)
                         and r.first_position + least(r.last_number, :until) - r.first_number
        and (:api_key::integer is null or api_key = :api_key)
     offset 0
   ) j
   cross join lateral (
     select rejection, applied_at from operations where job_id = j.id and line = 0 offset 0
   ) o
  union all
  select e.number, e.id, e.type, e.created_at, e.data
    from ranges r join events e on e.id = r.event_id
   where :api_key::integer is null or e.api_key = :api_key
)
select number, id, type, happened_at, data from happened
 where :patterns::text[] is null or :patterns && array['*', type, split_part(type, '.', 1) || '.*']
 order by number limit :limit
