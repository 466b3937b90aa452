-- Every operation of a time, completed and rejected, in the order in which they were written.
select o.id, o.applied_at, o.job_id, o.line, o.type, o.rejection, o.amount,
       d.kind as debit_kind, d.owner as debit_owner, d.wallet as debit_wallet, o.debit_balance, o.debit_sequence,
       c.kind as credit_kind, c.owner as credit_owner, c.wallet as credit_wallet, o.credit_balance, o.credit_sequence,
       o.order_id, o.service_id, j.request ->> 'description' as description, j.api_key, j.accepted_at
  from operations o
  join jobs j on j.id = o.job_id
  left join accounts d on d.id = o.debit_account
  left join accounts c on c.id = o.credit_account
 where o.applied_at >= :from::timestamptz and o.applied_at < :to::timestamptz
 order by o.id
