-- What an endpoint has to be told now, whatever waits longest first, but for what is under way already.
select id, event_id, type, attempts from webhook_deliveries
 where endpoint_id = :endpoint and status = 'pending' and next_attempt_at <= now()
   and id <> all (:under_way::bigint[])
 order by next_attempt_at, id limit :limit
