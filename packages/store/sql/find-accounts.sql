-- The ids of accounts, where they exist. An account's id never changes.
select a.id, a.kind, a.owner, a.wallet
  from unnest(:kinds::account_kind[], :owners::text[], :wallets::text[], :stripes::smallint[])
       as k(kind, owner, wallet, stripe)
  join accounts a using (owner, wallet, kind, stripe)
