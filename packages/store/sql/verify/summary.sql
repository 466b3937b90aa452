select (select count(*) from jobs) as jobs,
       (select count(distinct job_id) from operations where rejection is null) as completed,
       (select count(*) from operations where rejection is not null) as rejected,
       (select coalesce(sum(accepted), 0)::bigint from lanes) - (select coalesce(sum(applied), 0)::bigint from cursors) as queued,
       (select count(*) from accounts where sequence > 0) as accounts,
       (select count(*) from holds) as holds
