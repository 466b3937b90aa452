-- Every balance and sequence is what the account's operations add up to, from the first one on.
select a.kind || ' ' || a.owner || ' ' || a.wallet || ' (account ' || a.id || ')' as what,
       'balance ' || a.balance || ', sequence ' || a.sequence as found,
       'balance ' || coalesce(m.balance, 0) || ', sequence ' || coalesce(m.count, 0) as expected
  from accounts a
  left join (
    select account, sum(delta) as balance, count(*) as count
      from (select debit_account as account, -amount as delta from operations where rejection is null
            union all
            select credit_account, amount from operations where rejection is null) movements
     group by account
  ) m on m.account = a.id
 where a.balance <> coalesce(m.balance, 0) or a.sequence <> coalesce(m.count, 0)
