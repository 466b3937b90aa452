-- Ends a report badly.
update reports set status = 'failed', claim = null, claimed_until = null, finished_at = clock_timestamp(),
       error_code = :code, error_detail = :detail
 where id = :id::uuid and claim = :claim::uuid and status = 'running'
returning *
