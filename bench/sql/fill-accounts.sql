-- What every user has after the fill. Their row ids follow one another, as their numbers do.
-- $1 users, $2 units each was given, $3 rounds of transfers that follow
insert into accounts (kind, owner, wallet, stripe, balance, sequence)
select 'available', number::text, 'main', 0, $2::bigint, 1 + 2 * $3::bigint
  from generate_series(1, $1::bigint) as users(number) order by users.number
