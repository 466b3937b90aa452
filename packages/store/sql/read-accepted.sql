-- The next accepted operations of a lane beyond its cursor, in order. Jobs are insert-only and positions follow
-- commits, so nothing can appear before a position that was read.
select id, position, type, request from jobs
 where lane = :lane and priority = :priority and position > :applied
 order by position limit :limit
