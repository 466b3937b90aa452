-- The number of the event with this id; of one API key's, if that is given.
select number from events
 where id = :id::uuid and number is not null and (:api_key::integer is null or api_key = :api_key)
union all
select r.first_number + j.position - r.first_position
  from jobs j
 cross join lateral (
   select first_number, last_number, first_position from event_ranges
    where lane = j.lane and priority = j.priority and first_position <= j.position
    order by first_position desc limit 1
 ) r
 where j.id = :id and (:api_key::integer is null or j.api_key = :api_key)
   and j.position - r.first_position <= r.last_number - r.first_number
