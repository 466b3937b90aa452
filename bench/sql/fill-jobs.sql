insert into jobs (id, api_key, idempotency_key, type, user_id, lane, priority, position, request, accepted_at)
select id, (select min(id) from api_keys), null,
       case when is_deposit then 'deposit' else 'transfer' end::operation_type, payer::text, lane, 1, position,
       case when is_deposit
            then format('{"type":"deposit","user_id":"%s","amount":"1000000.00"}', payer)
            else format('{"type":"transfer","from_user_id":"%s","to_user_id":"%s","amount":"1.25"}', payer, payee)
       end::json, at
  from (:filled-operations) filled
 order by n
