-- Cancels a report that is under way; whoever writes it finds that its claim is gone. A closing is never cancelled:
-- the month is closed, and its report has to come.
update reports set status = 'cancelled', claim = null, claimed_until = null, finished_at = clock_timestamp()
 where id = :id::uuid and status in ('queued', 'running') and not exists (select from closings where report = reports.id)
returning *
