-- How far every lane was applied: while these stay, the ledger does.
select string_agg(lane || '/' || priority || ':' || applied, ',' order by lane, priority) as cursors from cursors
