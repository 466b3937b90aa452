-- The ledger that a textbook draws: accounts, operations, and an entry for either side. No foreign keys, which would
-- be looked up for every row: Saldo has none on its way either.
create table accounts (
  id bigint primary key,
  balance bigint not null check (balance >= 0)
) with (fillfactor = 50);
create table operations (
  id bigint generated always as identity primary key,
  payer bigint not null,
  payee bigint not null,
  amount bigint not null check (amount > 0),
  created_at timestamptz not null default now()
);
create table entries (
  id bigint generated always as identity primary key,
  operation_id bigint not null,
  account_id bigint not null,
  amount bigint not null
);
create index entries_by_account on entries (account_id, id);
