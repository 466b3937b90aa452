-- What each lane accepted and applied: the fill dealt its operations out one by one.
-- $1 operations in all, $2 lanes
with dealt as (
  select (n - 1) % $2::bigint as lane, ($1::bigint - n) / $2::bigint + 1 as count from generate_series(1, $2::bigint) n
), accepted as (
  update lanes l set accepted = d.count from dealt d where l.lane = d.lane and l.priority = 1
)
update cursors c set applied = d.count from dealt d where c.lane = d.lane and c.priority = 1
