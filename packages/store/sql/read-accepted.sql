-- The next accepted operations of a lane beyond its cursors, higher priorities first, each in order. The lane must be
-- locked, by an earlier statement. Jobs are insert-only and positions follow commits, so nothing can appear before a
-- position that was read.
-- `heard` says whether any webhook endpoint is there to hear of them: asked here, so that whoever made an endpoint before
-- they sent an operation hears of it.
select j.id, c.priority, j.position, j.type, j.request, j.api_key,
       exists (select from webhook_endpoints where disabled_at is null and deleted_at is null) as heard
  from cursors c
 cross join lateral (
   select id, position, type, request, api_key from jobs
    where lane = c.lane and priority = c.priority and position > c.applied
    order by position limit :limit
 ) j
 where c.lane = :lane
 order by c.priority, j.position limit :limit
