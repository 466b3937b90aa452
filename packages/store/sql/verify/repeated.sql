-- Each job was applied at most once: it has one outcome, and a capture that names lines one for each, numbered from 0.
select 'job ' || id as what, count || ' outcomes, up to line ' || last as found, lines || ', up to line ' || lines - 1 as expected
  from (
    select j.id, o.count, o.last,
           case when o.is_rejected or j.request -> 'lines' is null then 1 else json_array_length(j.request -> 'lines') end as lines
      from (select job_id, count(*) as count, max(line) as last, bool_or(rejection is not null) as is_rejected
              from operations group by job_id having count(*) > 1 or max(line) > 0 or bool_or(type = 'capture')) o
      join jobs j on j.id = o.job_id
  ) counted
 where count <> lines or last <> lines - 1
