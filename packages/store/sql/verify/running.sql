-- For one part of the accounts, so that what has to be sorted stays small however many operations there are.
-- Each operation's balance after it is the sum of all up to it, and an account's sequence runs 1, 2, 3, … without gap.
select 'operation ' || job_id || '/' || line || ' on account ' || account as what,
       'balance ' || balance || ', sequence ' || sequence as found,
       'balance ' || running || ', sequence ' || number as expected
  from (
    select job_id, line, account, balance, sequence,
           sum(delta) over (partition by account order by sequence, id rows unbounded preceding) as running,
           row_number() over (partition by account order by sequence, id) as number
      from (select id, job_id, line, debit_account as account, -amount as delta, debit_balance as balance, debit_sequence as sequence
              from operations where debit_sequence is not null and debit_account % :parts = :part
            union all
            select id, job_id, line, credit_account, amount, credit_balance, credit_sequence
              from operations where credit_sequence is not null and credit_account % :parts = :part) movements
  ) numbered
 where balance is distinct from running or sequence <> number or balance < 0
