select (select count(*) from jobs) as jobs,
       o.completed, o.rejected,
       (select coalesce(sum(accepted), 0)::bigint from lanes) - (select coalesce(sum(applied), 0)::bigint from cursors) as queued,
       (select count(*) from accounts where sequence > 0) as accounts,
       (select count(*) from holds) as holds
  from (select count(*) filter (where rejection is null) as completed, count(*) filter (where rejection is not null) as rejected
          from operations where line = 0) o
