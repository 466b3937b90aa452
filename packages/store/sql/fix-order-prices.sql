-- Fixes the prices of an order's items, once: of two at the same time, the second finds nothing left to fix.
update catalogue_order_items i set price = s.price
  from services s
 where i.order_id = :id and i.price is null and s.id = i.service_id and s.price is not null
