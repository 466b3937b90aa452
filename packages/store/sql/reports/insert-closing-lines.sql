-- Writes down a closed month's revenue.
insert into closing_lines (month, service_id, name, revenue)
select :month::date, service_id, name, revenue
  from unnest(:service_ids::text[], :names::text[], :revenues::numeric[]) as n(service_id, name, revenue)
