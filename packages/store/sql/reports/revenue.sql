-- A month's revenue by service, from the rollup: as many rows are read as services and lanes had any. A closed month's
-- is what was written down when it was closed. A service that was never named goes by its id.
select service_id, name, revenue
  from (
    select service_id, name, revenue from closing_lines where month = :month::date
    union all
    select r.service_id, coalesce(s.name, r.service_id), sum(r.captured - r.refunded)
      from monthly_revenue r left join services s on s.id = r.service_id
     where r.month = :month::date and not exists (select from closing_lines where month = :month::date)
     group by r.service_id, s.name
  ) lines
 order by name collate "C", service_id
