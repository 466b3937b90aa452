-- Orders a report, unless an equal one is under way: then that one is answered. The update that changes nothing is
-- there for `returning`, which has no row where nothing was done.
insert into reports as r (id, api_key, request) values (:id::uuid, :api_key, :request)
on conflict (request) where status in ('queued', 'running') do update set request = r.request
returning r.*
