-- The outside world after the fill, with a stripe per lane, and for every user a reserve that was never used: in a
-- system that has run for a while, accounts are seldom made.
-- $1 users, $2 lanes, $3 units each was given
insert into accounts (kind, owner, wallet, stripe, balance, sequence)
select 'external'::account_kind, '', '', lane, -$3::bigint * count(*), count(*)
  from (select (n - 1) % $2::bigint as lane from generate_series(1, $1::bigint) n) deposits group by lane
union all
select 'reserved', n::text, 'main', 0, 0, 0 from generate_series(1, $1::bigint) n
