-- Endpoints that have something to hear now, and nobody who sees to it.
select s.endpoint_id
  from webhook_states s join listening_endpoints e on e.id = s.endpoint_id
 where (s.owned_until is null or s.owned_until < now())
   and (s.paused_until is null or s.paused_until <= now())
   and (s.replayed < s.replay_last
        or exists (select from webhook_deliveries d
                    where d.endpoint_id = s.endpoint_id and d.status = 'pending' and d.next_attempt_at <= now()))
