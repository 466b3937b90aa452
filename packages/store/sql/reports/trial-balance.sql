-- What the accounts of each kind held together at a moment, and how many there were with any operation by now. Counted
-- back from the balances of now.
select k.kind, coalesce(b.accounts, 0) as accounts, coalesce(b.balance, 0) - coalesce(m.since, 0) as balance
  from unnest(enum_range(null::account_kind)) as k(kind)
  left join (select kind, count(*) as accounts, sum(balance) as balance from accounts where sequence > 0 group by kind) b
       using (kind)
  left join (
    select kind, sum(delta) as since
      from (select debit_account as account, -amount as delta from operations
             where rejection is null and applied_at >= :at::timestamptz
            union all
            select credit_account, amount from operations where rejection is null and applied_at >= :at::timestamptz) movements
      join accounts a on a.id = account
     group by kind
  ) m using (kind)
 order by k.kind
