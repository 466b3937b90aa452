-- Makes a process the one that works for its endpoints for some more time. Those that are not answered are not its own
-- any more. In id order, so that two never wait for each other.
update webhook_states s set owned_until = clock_timestamp() + :lease_ms::double precision * interval '1 ms'
  from (select endpoint_id from webhook_states
         where owner = :owner and endpoint_id = any (:endpoints::integer[])
         order by endpoint_id for update) mine
 where s.endpoint_id = mine.endpoint_id
returning s.endpoint_id
