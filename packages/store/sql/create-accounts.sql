-- Makes accounts that don't exist yet, at zero. Runs in a transaction of its own and in key order: made inside the
-- batch's, two lanes that make the same account could each wait for a lock of the other.
insert into accounts (kind, owner, wallet, stripe)
select kind, owner, wallet, stripe
  from unnest(:kinds::account_kind[], :owners::text[], :wallets::text[], :stripes::smallint[])
       as k(kind, owner, wallet, stripe)
 order by owner, wallet, kind, stripe
on conflict do nothing
