-- Whether a month may be closed. Needs all lanes locked, so nothing is under way: what has ended by the clock has ended.
select clock_timestamp() >= n.ends_at as has_ended, n.ends_at,
       (select report from closings where month = :month::date) as closed_report,
       (select to_char(max(month), 'YYYY-MM') from closings where month > :month::date) as last_month,
       (select to_char(applied_at at time zone 'UTC', 'YYYY-MM') from operations
         where applied_at < :month::date::timestamp at time zone 'UTC'
           and applied_at >= coalesce((select max(ends_at) from closings), '-infinity') limit 1) as open_month
  from (select (:month::date + interval '1 month') at time zone 'UTC' as ends_at) n
