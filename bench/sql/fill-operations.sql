insert into operations (job_id, line, type, rejection, amount, debit_account, credit_account, debit_balance,
                        credit_balance, debit_sequence, credit_sequence, order_id, service_id, applied_at)
select filled.id, 0, case when is_deposit then 'deposit' else 'transfer' end::operation_type, null,
       case when is_deposit then given else amount end,
       case when is_deposit then outside.id else first_user.id + payer - 1 end,
       case when is_deposit then first_user.id + payer - 1 else first_user.id + payee - 1 end,
       case when is_deposit then null when payer = 1 then given - amount else given end,
       case when is_deposit or payee = 1 then given else given + amount end,
       case when is_deposit then null when payer = 1 then 2 * round + 2 else 2 * round + 3 end,
       case when is_deposit then 1 when payee = 1 then 2 * round + 3 else 2 * round + 2 end,
       null, null, at
  from (:filled-operations) filled
 cross join (select id from accounts where kind = 'available' and owner = '1' and wallet = 'main') first_user
  join accounts outside on outside.kind = 'external' and outside.stripe = lane
 order by n
