-- Takes a report to write it: one that nobody has, or whose claim has run out because whoever had it is gone. Of two
-- that try at once the row's lock lets one through, and the other finds it taken.
update reports set status = 'running', claim = :claim::uuid, attempts = attempts + 1, progress = 0,
       claimed_until = clock_timestamp() + make_interval(secs => :claim_s::integer)
 where id = :id::uuid
   and (status = 'queued' or (status = 'running' and claimed_until < clock_timestamp()))
returning *
