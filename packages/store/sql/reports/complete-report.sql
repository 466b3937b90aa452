-- Ends a report well. No row: it was cancelled, or taken by another, who may have ended it.
update reports set status = 'completed', progress = 100, claim = null, claimed_until = null, finished_at = clock_timestamp(),
       basis = :basis, file = :file, filename = :filename, rows = :rows::bigint, bytes = :bytes::bigint,
       sha256 = :sha, total = :total, manifest = :manifest
 where id = :id::uuid and claim = :claim::uuid and status = 'running'
returning *
