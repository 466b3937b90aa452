-- What moved a user's accounts between two times, in the order in which it was applied: a row per account, so that a
-- transfer between the user's own has two, the debit first.
select s.id, s.direction, s.wallet, s.kind, s.type, s.amount, s.balance, s.sequence, s.order_id, s.service_id,
       s.applied_at, s.job_id, other.kind as other_kind, other.owner as other_owner, other.wallet as other_wallet,
       j.request ->> 'description' as description
  from (
    select o.id, 'debit' as direction, a.wallet, a.kind, o.type, o.amount, o.debit_balance as balance,
           o.debit_sequence as sequence, o.order_id, o.service_id, o.applied_at, o.job_id, o.credit_account as other_account
      from operations o join accounts a on a.id = o.debit_account
     where o.debit_account = any (:accounts::bigint[]) and o.debit_sequence is not null
       and o.applied_at >= :from::timestamptz and o.applied_at < :to::timestamptz
    union all
    select o.id, 'credit', a.wallet, a.kind, o.type, o.amount, o.credit_balance, o.credit_sequence, o.order_id,
           o.service_id, o.applied_at, o.job_id, o.debit_account
      from operations o join accounts a on a.id = o.credit_account
     where o.credit_account = any (:accounts::bigint[]) and o.credit_sequence is not null
       and o.applied_at >= :from::timestamptz and o.applied_at < :to::timestamptz
  ) s
  join accounts other on other.id = s.other_account
  join jobs j on j.id = s.job_id
 order by s.id, s.direction desc
