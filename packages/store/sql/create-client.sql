-- Makes a client with its first wallet, both or neither. Answers nothing if the login is taken. That is looked at first
-- so that a taken one uses up no number; of two at the same time, the conflict lets one through.
with made as (
  insert into clients (login, name)
  select :login::text, :name::text where not exists (select from clients where login = :login)
  on conflict (login) do nothing returning id
)
insert into client_wallets (client_id, is_main) select id, true from made
returning id as wallet_id, client_id
