-- The operations numbered $5 to $6 of a fill, in closed form, so that any part can be made on its own: first a deposit
-- for every user, then rounds in which each user pays the next one and the last one pays the first. In a round every
-- user but the first is paid before paying, so balances and sequences follow from the number alone.
-- $1 users, $2 lanes, $3 units each was given, $4 units of a transfer, $5 first, $6 last, $7 when number 0 was (ms)
select n,
       -- A UUID of version 7: its time, then its number.
       (lpad(to_hex($7::bigint + n), 12, '0') || '7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid as id,
       (n - 1) % $2::bigint as lane,
       (n - 1) / $2::bigint + 1 as position,
       to_timestamp(($7::bigint + n) / 1000.0) as at,
       n <= $1::bigint as is_deposit,
       case when n <= $1::bigint then n else (n - 1) % $1::bigint + 1 end as payer,
       n % $1::bigint + 1 as payee,
       (n - 1) / $1::bigint - 1 as round,
       $3::bigint as given,
       $4::bigint as amount
  from generate_series($5::bigint, $6::bigint) n
