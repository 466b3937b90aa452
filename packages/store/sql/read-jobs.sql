-- Jobs with what became of them, a row per movement (one without any for a job that is queued or was rejected).
select j.id, j.api_key, j.type, j.lane, j.priority, j.position, j.request, j.accepted_at,
       o.line, o.rejection, o.amount, o.applied_at,
       o.debit_balance, o.debit_sequence, d.kind as debit_kind, d.owner as debit_owner, d.wallet as debit_wallet,
       o.credit_balance, o.credit_sequence, c.kind as credit_kind, c.owner as credit_owner, c.wallet as credit_wallet
  from jobs j
  left join operations o on o.job_id = j.id
  left join accounts d on d.id = o.debit_account
  left join accounts c on c.id = o.credit_account
 where j.id = any (:ids::uuid[])
 order by j.id, o.line
