-- The rows of user 1's statement, as Postgres itself writes CSV, to nowhere.
copy (
  select s.applied_at, s.wallet, s.kind, s.type, s.debit, s.credit, s.balance, s.sequence,
         other.kind, other.owner, other.wallet, s.order_id, s.service_id, j.request ->> 'description', s.job_id
    from (
      select o.id, o.applied_at, a.wallet, a.kind, o.type, o.amount as debit, null::bigint as credit,
             o.debit_balance as balance, o.debit_sequence as sequence, o.order_id, o.service_id, o.job_id,
             o.credit_account as other
        from operations o join accounts a on a.id = o.debit_account
       where a.owner = '1' and a.kind = 'available' and o.debit_sequence is not null
      union all
      select o.id, o.applied_at, a.wallet, a.kind, o.type, null, o.amount, o.credit_balance, o.credit_sequence,
             o.order_id, o.service_id, o.job_id, o.debit_account
        from operations o join accounts a on a.id = o.credit_account
       where a.owner = '1' and a.kind = 'available' and o.credit_sequence is not null
    ) s
    join accounts other on other.id = s.other
    join jobs j on j.id = s.job_id
   order by s.id
) to program 'cat > /dev/null' (format csv)
