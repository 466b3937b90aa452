-- Reads and locks accounts, in ascending id order so that two lanes never deadlock.
select a.id, a.kind, a.owner, a.wallet, a.balance, a.sequence
  from unnest(:kinds::account_kind[], :owners::text[], :wallets::text[], :stripes::smallint[])
       as k(kind, owner, wallet, stripe)
  join accounts a using (owner, wallet, kind, stripe)
 order by a.id for update of a
