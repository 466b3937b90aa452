-- Orders with their holds and what was captured from these. Nobody else writes them while the lane is locked, but
-- for another user's claim on an order not yet claimed: that is a unique violation at the write, and a retry.
select o.order_id, o.user_id, h.service_id, h.wallet, h.reserved, h.released, h.captured,
       (select json_agg(json_build_array(c.service_id, c.captured::text, c.refunded::text))
          from hold_captures c where c.order_id = h.order_id and c.hold_service_id = h.service_id) as captures
  from orders o left join holds h using (order_id)
 where o.order_id = any (:orders::text[])
