-- Positions run 1, 2, 3, … without gap; every job up to the cursor has an outcome and none beyond it does.
select 'lane ' || l.lane || ' priority ' || l.priority as what,
       coalesce(j.count, 0) || ' jobs up to position ' || coalesce(j.last, 0) || ', ' || coalesce(j.finished, 0) || ' finished, '
         || coalesce(j.finished_beyond, 0) || ' of them beyond the cursor' as found,
       l.accepted || ' jobs up to position ' || l.accepted || ', ' || c.applied || ' finished, 0 of them beyond the cursor' as expected
  from lanes l
  join cursors c using (lane, priority)
  left join (
    select j.lane, j.priority, count(*) as count, max(j.position) as last, count(o.job_id) as finished,
           count(o.job_id) filter (where j.position > k.applied) as finished_beyond
      from jobs j
      join cursors k using (lane, priority)
      left join operations o on o.job_id = j.id and o.line = 0
     group by j.lane, j.priority
  ) j using (lane, priority)
 where coalesce(j.count, 0) <> l.accepted or coalesce(j.last, 0) <> l.accepted
    or coalesce(j.finished, 0) <> c.applied or coalesce(j.finished_beyond, 0) > 0
