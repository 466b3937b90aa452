-- Every operation of a time, completed and rejected, in the order in which they were written. Their jobs are looked up
-- behind the sort, row by row (`offset 0` keeps it so), so that rows come early and Postgres works no faster than they
-- are taken.
select o.id, o.applied_at, o.job_id, o.line, o.type, o.rejection, o.order_id, o.service_id, j.description, j.api_key,
       j.accepted_at, o.amount, o.debit_kind, o.debit_owner, o.debit_wallet, o.debit_balance, o.debit_sequence,
       o.credit_kind, o.credit_owner, o.credit_wallet, o.credit_balance, o.credit_sequence
  from (
    select m.*, d.kind as debit_kind, d.owner as debit_owner, d.wallet as debit_wallet,
           c.kind as credit_kind, c.owner as credit_owner, c.wallet as credit_wallet
      from operations m
      left join accounts d on d.id = m.debit_account
      left join accounts c on c.id = m.credit_account
     where m.applied_at >= :from::timestamptz and m.applied_at < :to::timestamptz
     order by m.id
  ) o
 cross join lateral (
    select request ->> 'description' as description, api_key, accepted_at from jobs where id = o.job_id offset 0
  ) j
 order by o.id
