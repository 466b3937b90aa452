-- What a hold says was captured and refunded, in all and by service, is what the operations say.
select 'order ' || order_id || ' service ' || service_id as what,
       'captured ' || coalesce(h.captured, 0) || ', refunded ' || coalesce(h.refunded, 0) as found,
       'captured ' || coalesce(o.captured, 0) || ', refunded ' || coalesce(o.refunded, 0) as expected
  from (select order_id, service_id, sum(captured) as captured, sum(refunded) as refunded
          from hold_captures group by 1, 2) h
  full join (select order_id, service_id,
                    coalesce(sum(amount) filter (where type = 'capture'), 0) as captured,
                    coalesce(sum(amount) filter (where type = 'refund'), 0) as refunded
               from operations where rejection is null and type in ('capture', 'refund') group by 1, 2) o
       using (order_id, service_id)
 where (h.captured, h.refunded) is distinct from (o.captured, o.refunded)
union all
select 'hold ' || order_id || ' ' || h.service_id, 'captured ' || h.captured, 'captured ' || coalesce(c.captured, 0)
  from holds h
  left join (select order_id, hold_service_id as service_id, sum(captured) as captured from hold_captures group by 1, 2) c
       using (order_id, service_id)
 where h.captured <> coalesce(c.captured, 0)
