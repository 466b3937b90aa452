-- All accounts together are zero: what users and services have is what came in from outside.
select 'sum of all balances' as what, sum(balance)::text as found, '0' as expected from accounts having sum(balance) <> 0
