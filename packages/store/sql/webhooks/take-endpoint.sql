-- Makes a process the one that works for an endpoint, for some time, unless another one is or the endpoint is paused.
update webhook_states s
   set owner = :owner, owned_until = clock_timestamp() + :lease_ms::double precision * interval '1 ms'
  from listening_endpoints e
 where s.endpoint_id = :endpoint and e.id = s.endpoint_id
   and (s.owned_until is null or s.owned_until < clock_timestamp())
   and (s.paused_until is null or s.paused_until <= clock_timestamp())
returning s.failures
