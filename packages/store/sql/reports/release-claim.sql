-- Puts a report back for another to take: whoever had it stops, or could not go on.
update reports set status = 'queued', claim = null, claimed_until = null, progress = 0
 where id = :id::uuid and claim = :claim::uuid and status = 'running'
returning id
