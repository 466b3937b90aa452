-- How many operations a time has, and what the completed ones moved together.
select count(*) filter (where rejection is null) as completed, count(*) filter (where rejection is not null) as rejected,
       coalesce(sum(amount), 0) as amount
  from operations
 where applied_at >= :from::timestamptz and applied_at < :to::timestamptz
