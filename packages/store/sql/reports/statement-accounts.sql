-- A user's accounts with their balance at both ends of a time, and how many movements they had between. Counted back
-- from the balance of now, so the three always agree, whatever the clock did.
select a.id, a.wallet, a.kind, (a.balance - coalesce(m.since_from, 0))::bigint as opening,
       (a.balance - coalesce(m.since_to, 0))::bigint as closing, coalesce(m.count, 0) as count
  from accounts a
  left join lateral (
    select sum(delta) as since_from, sum(delta) filter (where applied_at >= :to::timestamptz) as since_to,
           count(*) filter (where applied_at < :to::timestamptz) as count
      from (select -amount as delta, applied_at from operations
             where debit_account = a.id and debit_sequence is not null and applied_at >= :from::timestamptz
            union all
            select amount, applied_at from operations
             where credit_account = a.id and credit_sequence is not null and applied_at >= :from::timestamptz) movements
  ) m on true
 where a.owner = :user and a.kind in ('available', 'reserved') and a.sequence > 0
 order by a.wallet <> 'main', a.wallet, a.kind
