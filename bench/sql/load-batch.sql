-- Writes a batch of finished transfers of one lane as fast as Postgres takes them: the rows that Saldo writes for them
-- and nothing else. It asks nothing and locks nothing beforehand, so it is no ledger, but the limit of one.
-- $1 job ids, $2 users, $3 requests, $4 first position, $5 debit and $6 credit accounts, $7 amounts, $8 debit and
-- $9 credit balances, $10 debit and $11 credit sequences, $12 accounts moved, $13 their balances, $14 their sequences,
-- $15 lane
with accepted as (
  insert into jobs (id, api_key, idempotency_key, type, user_id, lane, priority, position, request, accepted_at)
  select n.id, (select min(id) from api_keys), null, 'transfer', n.user_id, $15::smallint, 1,
         $4::bigint + n.ordinal - 1, n.request, clock_timestamp()
    from unnest($1::uuid[], $2::text[], $3::json[]) with ordinality as n(id, user_id, request, ordinal)
), applied as (
  insert into operations (job_id, line, type, amount, debit_account, credit_account, debit_balance, credit_balance,
                          debit_sequence, credit_sequence, applied_at)
  select n.id, 0, 'transfer', n.amount, n.debit, n.credit, n.debit_balance, n.credit_balance, n.debit_sequence,
         n.credit_sequence, clock_timestamp()
    from unnest($1::uuid[], $7::bigint[], $5::bigint[], $6::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
                $11::bigint[])
         as n(id, amount, debit, credit, debit_balance, credit_balance, debit_sequence, credit_sequence)
), moved as (
  update accounts a set balance = n.balance, sequence = n.sequence
    from unnest($12::bigint[], $13::bigint[], $14::bigint[]) as n(id, balance, sequence) where a.id = n.id
), counted as (
  update lanes set accepted = $4::bigint + cardinality($1::uuid[]) - 1 where lane = $15::smallint and priority = 1
)
update cursors set applied = $4::bigint + cardinality($1::uuid[]) - 1 where lane = $15::smallint and priority = 1
