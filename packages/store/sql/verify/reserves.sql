-- What a hold says was reserved and released is what the operations say.
select 'hold ' || order_id || ' ' || service_id as what,
       'reserved ' || coalesce(h.reserved, 0) || ', released ' || coalesce(h.released, 0) as found,
       'reserved ' || coalesce(o.reserved, 0) || ', released ' || coalesce(o.released, 0) as expected
  from holds h
  full join (select order_id, coalesce(service_id, '') as service_id,
                    coalesce(sum(amount) filter (where type = 'reserve'), 0) as reserved,
                    coalesce(sum(amount) filter (where type = 'release'), 0) as released
               from operations where rejection is null and type in ('reserve', 'release') group by 1, 2) o
       using (order_id, service_id)
 where (h.reserved, h.released) is distinct from (o.reserved, o.released)
