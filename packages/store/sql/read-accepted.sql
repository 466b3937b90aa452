-- The next accepted operations of a lane beyond its cursor, in order. The lane must be locked, by an earlier statement.
-- Jobs are insert-only and positions follow commits, so nothing can appear before a position that was read.
select id, position, type, request from jobs
 where lane = :lane and priority = :priority and position > (select applied from cursors where lane = :lane and priority = :priority)
 order by position limit :limit
