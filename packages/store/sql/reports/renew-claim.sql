-- Tells that a report is still being written, and how far. No row: it was cancelled, or taken by another.
update reports set progress = :progress::smallint, claimed_until = clock_timestamp() + make_interval(secs => :claim_s::integer)
 where id = :id::uuid and claim = :claim::uuid and status = 'running'
returning id
