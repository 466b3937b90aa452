-- Every job up to its lane's cursor has an outcome, every older than a minute too, and none beyond the cursor has one.
select 'job ' || j.id as what,
       case when o.job_id is null then 'no outcome' else 'an outcome' end
         || ' at position ' || j.position || ' of lane ' || j.lane || ' priority ' || j.priority
         || ', accepted at ' || j.accepted_at as found,
       case when o.job_id is null then 'one' else 'none: the cursor is at ' || c.applied end as expected
  from jobs j
  join cursors c using (lane, priority)
  left join operations o on o.job_id = j.id and o.line = 0
 where (o.job_id is null and (j.position <= c.applied or j.accepted_at < now() - interval '1 minute'))
    or (o.job_id is not null and j.position > c.applied)
