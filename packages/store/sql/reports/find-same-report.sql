-- The last report of the same request on the same basis, whose file is still there.
select * from reports
 where request = :request and status = 'completed' and basis = :basis and removed_at is null
 order by finished_at desc limit 1
