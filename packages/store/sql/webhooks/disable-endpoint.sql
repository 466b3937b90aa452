-- Disables an endpoint, unless it is already, and gives up what it was still to be told: it can be had again by a retry
-- or a replay.
with disabled as (
  update webhook_endpoints set disabled_at = clock_timestamp(), disabled_reason = :reason
   where id = :endpoint and disabled_at is null and deleted_at is null
  returning id, api_key, url, disabled_at
), given_up as (
  update webhook_deliveries d set status = 'failed', finished_at = clock_timestamp()
    from disabled where d.endpoint_id = disabled.id and d.status = 'pending'
), stopped as (
  update webhook_states s set replayed = null, replay_last = null, replay_since = null
    from disabled where s.endpoint_id = disabled.id
)
select id, api_key, url, disabled_at from disabled
