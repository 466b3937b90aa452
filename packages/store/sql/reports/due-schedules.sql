-- Schedules that have not had last month's report. Each is locked by whoever orders for it; others pass it by. The
-- month is over when nothing is under way any more that began before its end.
select s.id, s.api_key, s.type, s.format, to_char(s.last_month, 'YYYY-MM') as last_month, s.created_at,
       to_char(n.month, 'YYYY-MM') as month
  from (select (date_trunc('month', clock_timestamp() at time zone 'UTC') - interval '1 month')::date as month) n
  join report_schedules s on s.last_month < n.month
 where not exists (
   select from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend'
      and xact_start < (n.month + interval '1 month') at time zone 'UTC')
 order by s.id for update of s skip locked
