-- Closes a month; needs all lanes locked, and that it is the next one (see closings.ts). Orders its report.
with ordered as (
  insert into reports (id, api_key, request) values (:report::uuid, :api_key, :request) returning id
)
insert into closings (number, month, ends_at, report)
select coalesce((select max(number) from closings), 0) + 1, :month::date, :ends_at::timestamptz, ordered.id from ordered
