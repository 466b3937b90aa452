-- What each service earned in a period: captures less refunds, by the time they were applied.
select coalesce(s.name, o.service_id) as name,
       sum(case o.type when 'capture' then o.amount else -o.amount end)::bigint as revenue
  from operations o
  left join services s on s.id = o.service_id
 where o.type in ('capture', 'refund') and o.rejection is null
   and o.applied_at >= :from::timestamptz and o.applied_at < :to::timestamptz
 group by o.service_id, s.name
 order by length(o.service_id), o.service_id
