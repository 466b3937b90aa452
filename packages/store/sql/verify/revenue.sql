-- The months' revenue, as the batches kept it, is what the captures and refunds add up to.
select 'revenue of ' || to_char(month, 'YYYY-MM') || ' service ' || service_id as what,
       'captured ' || coalesce(m.captured, 0) || ', refunded ' || coalesce(m.refunded, 0) || ', in ' || coalesce(m.count, 0) as found,
       'captured ' || coalesce(o.captured, 0) || ', refunded ' || coalesce(o.refunded, 0) || ', in ' || coalesce(o.count, 0) as expected
  from (select month, service_id, sum(captured) as captured, sum(refunded) as refunded, sum(operations) as count
          from monthly_revenue group by 1, 2) m
  full join (select date_trunc('month', applied_at at time zone 'UTC')::date as month, service_id,
                    coalesce(sum(amount) filter (where type = 'capture'), 0) as captured,
                    coalesce(sum(amount) filter (where type = 'refund'), 0) as refunded, count(*)::numeric as count
               from operations where rejection is null and type in ('capture', 'refund') group by 1, 2) o
       using (month, service_id)
 where (m.captured, m.refunded, m.count) is distinct from (o.captured, o.refunded, o.count)
