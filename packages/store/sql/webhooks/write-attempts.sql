-- Writes what came of attempts to tell one endpoint something, and how the endpoint is doing after them. A delivery
-- that is tried again has a delay, any other is finished; so are all once the endpoint is disabled. Answers for how long
-- the endpoint has been failing.
with tried as (
  select delivery_id, attempted_at, http_status, duration_ms, error, response,
         case when exists (select from listening_endpoints where id = :endpoint) then delay_ms end as delay_ms
    from unnest(:deliveries::bigint[], :attempted::timestamptz[], :http_statuses::smallint[],
                :durations::integer[], :errors::text[], :responses::text[], :delays::double precision[])
      as t(delivery_id, attempted_at, http_status, duration_ms, error, response, delay_ms)
), kept as (
  insert into webhook_attempts (delivery_id, attempted_at, http_status, duration_ms, error, response)
  select delivery_id, attempted_at, http_status, duration_ms, error, response from tried
  on conflict do nothing
), moved as (
  update webhook_deliveries d
     set attempts = d.attempts + 1,
         status = case when t.error is null then 'delivered' when t.delay_ms is null then 'failed' else 'pending'
                  end::delivery_status,
         next_attempt_at = case when t.delay_ms is null then d.next_attempt_at
                                else clock_timestamp() + t.delay_ms * interval '1 ms' end,
         finished_at = case when t.delay_ms is null then clock_timestamp() end
    from tried t where d.id = t.delivery_id
)
update webhook_states
   set failures = :failures::integer,
       failing_since = case when :failures = 0 then null
                            when :has_succeeded::boolean then clock_timestamp()
                            else coalesce(failing_since, clock_timestamp()) end,
       paused_until = clock_timestamp() + :pause_ms::double precision * interval '1 ms'
 where endpoint_id = :endpoint
returning extract(epoch from clock_timestamp() - failing_since)::double precision * 1000 as failing_ms
