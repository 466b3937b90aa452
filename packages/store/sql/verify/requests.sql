-- What was applied is what was asked for: the amount, and the accounts that it went from and to. Which wallet a hold
-- was reserved from, only its own reserve says.
with kinds(type, debit, credit, names_wallet) as (values
  ('deposit'::operation_type, 'external'::account_kind, 'available'::account_kind, true),
  ('withdraw', 'available', 'external', true), ('transfer', 'available', 'available', true),
  ('reserve', 'available', 'reserved', true), ('capture', 'reserved', 'revenue', false),
  ('release', 'reserved', 'available', false), ('refund', 'revenue', 'available', false)
)
select 'operation ' || o.job_id || '/' || o.line as what,
       o.amount || ' from ' || coalesce(d.kind || ' ' || d.owner || ' ' || d.wallet, 'nowhere')
         || ' to ' || coalesce(c.kind || ' ' || c.owner || ' ' || c.wallet, 'nowhere') as found,
       j.request::text as expected
  from operations o
  join jobs j on j.id = o.job_id
  join kinds k on k.type = o.type
  left join accounts d on d.id = o.debit_account
  left join accounts c on c.id = o.credit_account
 cross join lateral (
   select coalesce(j.request -> 'lines' -> o.line::integer ->> 'amount', j.request ->> 'amount')::numeric * 10000 as amount,
          coalesce(j.request -> 'lines' -> o.line::integer ->> 'service_id', j.request ->> 'service_id') as service,
          coalesce(j.request ->> 'from_user_id', j.request ->> 'user_id') as payer,
          coalesce(j.request ->> 'to_user_id', j.request ->> 'user_id') as payee,
          coalesce(j.request ->> 'from_wallet', j.request ->> 'wallet', 'main') as from_wallet,
          coalesce(j.request ->> 'to_wallet', j.request ->> 'wallet', 'main') as to_wallet
 ) asked
 where o.rejection is null
   and (o.amount <> asked.amount
     or d.kind is distinct from k.debit or c.kind is distinct from k.credit
     or d.owner is distinct from case k.debit when 'external' then '' when 'revenue' then asked.service else asked.payer end
     or c.owner is distinct from case k.credit when 'external' then '' when 'revenue' then asked.service else asked.payee end
     or (k.names_wallet and k.debit <> 'external' and d.wallet <> asked.from_wallet)
     or (k.names_wallet and k.credit <> 'external' and c.wallet <> asked.to_wallet))
