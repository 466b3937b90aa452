-- Reports that nobody writes: those queued for a while, whose task may be lost, and those whose writer is gone.
select id from reports
 where (status = 'queued' and created_at < clock_timestamp() - make_interval(secs => :idle_s::integer))
    or (status = 'running' and claimed_until < clock_timestamp())
 order by id limit :limit::integer
