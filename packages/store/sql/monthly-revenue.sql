-- What each service earned in a month, by the time it was applied: captures less refunds, under its name of now.
select coalesce(s.name, r.service_id) as name, sum(r.captured - r.refunded) as revenue
  from monthly_revenue r
  left join services s on s.id = r.service_id
 where r.month = :month::date
 group by r.service_id, s.name
 order by length(r.service_id), r.service_id
