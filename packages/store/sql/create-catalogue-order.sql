-- Makes an order with its items, whole or not at all. A service that isn't in the catalogue violates a foreign key.
with made as (
  insert into catalogue_orders (user_id) values (:user_id) returning id
), items as (
  insert into catalogue_order_items (order_id, service_id, quantity)
  select made.id, n.service_id, n.quantity
    from made, unnest(:service_ids::text[], :quantities::integer[]) as n(service_id, quantity)
)
select id from made
