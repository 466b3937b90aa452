-- Nothing was applied that was never accepted, and nothing of another type than was accepted.
select 'operation ' || o.job_id || '/' || o.line as what, o.type::text as found, coalesce(j.type::text, 'no such job') as expected
  from operations o left join jobs j on j.id = o.job_id
 where j.id is null or j.type <> o.type
