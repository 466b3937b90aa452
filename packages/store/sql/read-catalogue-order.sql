-- One order of the catalogue with its items, and what the ledger holds for it. A price is the one that was fixed when
-- the order was submitted, until then the service's.
select o.id, o.user_id, o.created_at, h.reserved, h.released, h.captured,
       (select json_agg(json_build_object('service_id', i.service_id, 'quantity', i.quantity,
                                          'price', coalesce(i.price, s.price)::text)
                        order by length(i.service_id), i.service_id)
          from catalogue_order_items i join services s on s.id = i.service_id where i.order_id = o.id) as items
  from catalogue_orders o
  left join holds h on h.order_id = :ledger_order and h.service_id = ''
 where o.id = :id
