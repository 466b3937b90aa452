-- Makes a schedule whose first report is that of the month that runs now. One that is there already is answered.
insert into report_schedules as s (id, api_key, type, format, last_month)
values (:id::uuid, :api_key, :type, :format, (date_trunc('month', clock_timestamp() at time zone 'UTC') - interval '1 month')::date)
on conflict (api_key, type, format) do update set type = s.type
returning id, api_key, type, format, to_char(last_month, 'YYYY-MM') as last_month, created_at
