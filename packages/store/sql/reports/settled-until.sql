-- Up to when the ledger is settled: nothing that is applied from now on has an earlier time, since its transaction
-- began later. Has to be asked before the snapshot that relies on it is taken: what ended between the two is in the
-- snapshot. A session whose state this user may not see could be anything, and settles nothing.
select least(clock_timestamp(),
             min(case when query = '<insufficient privilege>' then '-infinity' else xact_start end)) as until
  from pg_stat_activity
 where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
