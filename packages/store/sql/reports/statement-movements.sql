-- What moved a user's accounts between two times, in the order in which it was applied: a row per account, so that a
-- transfer between the user's own has two, the debit first. What the caller wrote is looked up behind the sort, row by
-- row, so that rows come early and Postgres works no faster than they are taken.
select s.direction, s.wallet, s.kind, s.type, s.amount, s.balance, s.sequence, s.order_id, s.service_id, s.applied_at,
       s.job_id, s.other_kind, s.other_owner, s.other_wallet,
       (select j.request ->> 'description' from jobs j where j.id = s.job_id)
  from (
    select m.*, a.wallet, a.kind, other.kind as other_kind, other.owner as other_owner, other.wallet as other_wallet
      from (
        select id, 'debit' as direction, debit_account as account, type, amount, debit_balance as balance,
               debit_sequence as sequence, order_id, service_id, applied_at, job_id, credit_account as other_account
          from operations
         where debit_account = any (:accounts::bigint[]) and debit_sequence is not null
           and applied_at >= :from::timestamptz and applied_at < :to::timestamptz
        union all
        select id, 'credit', credit_account, type, amount, credit_balance, credit_sequence, order_id, service_id,
               applied_at, job_id, debit_account
          from operations
         where credit_account = any (:accounts::bigint[]) and credit_sequence is not null
           and applied_at >= :from::timestamptz and applied_at < :to::timestamptz
      ) m
      join accounts a on a.id = m.account
      join accounts other on other.id = m.other_account
     order by m.id, m.direction desc
  ) s
 order by s.id, s.direction desc
