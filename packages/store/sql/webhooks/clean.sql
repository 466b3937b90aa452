-- Deletes some deliveries that ended longer ago than they are kept, and those of endpoints that are no more, with their
-- attempts. Ids follow time closely enough to look no further than the first that is younger. Answers how many.
with old as (
  select d.id from webhook_deliveries d
   where d.id < coalesce((select id from webhook_deliveries
                           where created_at >= now() - :kept_ms::double precision * interval '1 ms'
                           order by id limit 1), 9223372036854775807)
     and (d.status <> 'pending'
          or exists (select from webhook_endpoints e where e.id = d.endpoint_id and e.deleted_at is not null))
   order by d.id limit :limit
), attempts as (
  delete from webhook_attempts a using old where a.delivery_id = old.id
), gone as (
  delete from webhook_deliveries d using old where d.id = old.id returning d.id
)
select count(*) as gone from gone
