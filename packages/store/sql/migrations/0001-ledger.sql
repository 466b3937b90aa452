-- The ledger, what is accepted for it, and who may ask. A shipped migration is never edited.
-- Ids are compared byte by byte (collate "C"): no language has an opinion on them, and indexes on them are fast.

create type operation_type as enum ('deposit', 'withdraw', 'transfer', 'reserve', 'capture', 'release', 'refund');
create type account_kind as enum ('available', 'reserved', 'external', 'revenue');
create type api_key_role as enum ('merchant', 'accountant', 'admin');

create table api_keys (
  id integer generated always as identity primary key,
  name text not null,
  role api_key_role not null,
  -- SHA-256 of the key. Keys are 256 random bits, so a slow hash would protect nothing.
  hash bytea not null unique,
  -- The first characters, so that a person can tell keys apart.
  prefix text not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- How many lanes the work is spread over. One row.
create table lane_count (
  only_row boolean primary key default true check (only_row),
  lanes smallint not null check (lanes > 0)
);

-- The last position given in each lane. Accepting writes here, applying writes to cursors, so that neither waits
-- for the other. Priorities: 0 high, 1 normal, 2 low.
create table lanes (
  lane smallint not null,
  priority smallint not null check (priority between 0 and 2),
  accepted bigint not null default 0,
  primary key (lane, priority)
) with (fillfactor = 10);

-- The last position applied in each lane.
create table cursors (
  lane smallint not null,
  priority smallint not null check (priority between 0 and 2),
  applied bigint not null default 0,
  primary key (lane, priority)
) with (fillfactor = 10);

-- What was accepted. Insert-only. `request` is kept as text (json, not jsonb): it is never searched, and two
-- requests are the same operation when their texts are equal. No foreign key to api_keys: keys are never
-- deleted, and a check per row would be paid by every operation.
create table jobs (
  id uuid primary key,
  api_key integer not null,
  idempotency_key text collate "C",
  type operation_type not null,
  user_id text collate "C" not null,
  lane smallint not null,
  priority smallint not null,
  position bigint not null,
  request json not null,
  accepted_at timestamptz not null
);
create unique index jobs_by_position on jobs (lane, priority, position);
create unique index jobs_by_idempotency_key on jobs (api_key, idempotency_key) where idempotency_key is not null;
create index jobs_by_api_key on jobs (api_key, id);
create index jobs_by_user on jobs (user_id, id);

-- One balance each. The system's accounts (external, revenue) have a stripe per lane, so that lanes never wait
-- for one another there. A row with sequence 0 never had money: it was made for an operation that was rejected.
create table accounts (
  id bigint generated always as identity primary key,
  kind account_kind not null,
  owner text collate "C" not null,
  wallet text collate "C" not null,
  stripe smallint not null,
  balance bigint not null default 0,
  sequence bigint not null default 0,
  unique (owner, wallet, kind, stripe),
  check (balance >= 0 or kind in ('external', 'revenue'))
) with (fillfactor = 50);

-- What was applied, one row per movement with both of its sides. Insert-only. A system account's side has no
-- balance and no sequence. A rejected operation has a reason and nothing else.
create table operations (
  id bigint generated always as identity,
  job_id uuid not null,
  line smallint not null,
  type operation_type not null,
  rejection text,
  amount bigint,
  debit_account bigint,
  credit_account bigint,
  debit_balance bigint,
  credit_balance bigint,
  debit_sequence bigint,
  credit_sequence bigint,
  order_id text collate "C",
  service_id text collate "C",
  applied_at timestamptz not null,
  primary key (job_id, line),
  check ((rejection is null) = (amount is not null and debit_account is not null and credit_account is not null)),
  check (amount > 0),
  check (debit_account <> credit_account)
);
create index operations_by_debit on operations (debit_account, id) where debit_sequence is not null;
create index operations_by_credit on operations (credit_account, id) where credit_sequence is not null;

-- Whose an order is: the user's who first reserved for it.
create table orders (
  order_id text collate "C" primary key,
  user_id text collate "C" not null
);

create table holds (
  order_id text collate "C" not null references orders,
  -- Empty: the order's own hold.
  service_id text collate "C" not null,
  wallet text collate "C" not null,
  reserved bigint not null check (reserved > 0),
  released bigint not null check (released >= 0),
  captured bigint not null check (captured >= 0),
  primary key (order_id, service_id),
  check (released + captured <= reserved)
) with (fillfactor = 70);

-- What was captured out of a hold, by service.
create table hold_captures (
  order_id text collate "C" not null,
  hold_service_id text collate "C" not null,
  service_id text collate "C" not null,
  captured bigint not null check (captured > 0),
  refunded bigint not null check (refunded >= 0),
  primary key (order_id, hold_service_id, service_id),
  foreign key (order_id, hold_service_id) references holds,
  check (refunded <= captured)
) with (fillfactor = 70);

create table services (
  id text collate "C" primary key,
  name text not null,
  -- In units of 1/10,000, like all money here.
  price bigint check (price > 0),
  updated_at timestamptz not null default now()
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is insert-only: % is refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger jobs_are_insert_only before update or delete or truncate on jobs
  for each statement execute function refuse_change();
create trigger operations_are_insert_only before update or delete or truncate on operations
  for each statement execute function refuse_change();

-- Accepts operations: writes their jobs and takes their positions from the lanes' rows.
--
-- Guarantees: a submission is accepted whole or not at all; positions without gaps, in the order of the rows given; the order of positions is
-- the order of commits over all gateways, since a lane's row stays locked until the commit; an idempotency key
-- is decided once per API key.
-- Locks: the lanes' rows in (lane, priority) order, then index entries of idempotency keys in their order, so
-- that two gateways never deadlock. Each statement of a function has a snapshot of its own, so what was accepted
-- while this one waited for a lane is seen. The same key accepted meanwhile on another lane is a unique
-- violation: the caller tries again and then sees it.
--
-- p_lanes     how many lanes the caller counts on; another number in lane_count is an error
-- p_lane, p_priority  the lanes that the rows need
-- p_rows      [{id, s: submission, k: api key, i: idempotency key, t: type, u: user, l: lane, p: priority, r: request}]
-- p_keyed     whether any row has an idempotency key
-- Answers     {at, moved: [{lane, priority, accepted}], replays: [{ordinal, same, id, …}]}. A submission with a replay
--             that isn't the same was not accepted.
create function accept_operations(
  p_lanes smallint, p_lane smallint[], p_priority smallint[], p_rows json, p_keyed boolean
) returns json language plpgsql as $$
declare
  v_at timestamptz;
  v_replays json;
  v_replayed bigint[] := '{}';
  v_refused integer[] := '{}';
  v_moved json;
begin
  perform from lanes l join unnest(p_lane, p_priority) as n(lane, priority) using (lane, priority)
    order by l.lane, l.priority for update of l;
  if p_lanes is distinct from (select lanes from lane_count) then
    raise exception 'this process counts on % lanes, the database on %', p_lanes, (select lanes from lane_count)
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  v_at := clock_timestamp();

  if p_keyed then
    select json_agg(json_build_object(
             'ordinal', i.ordinal, 'same', i.r::text = j.request::text, 'id', j.id, 'request', j.request,
             'lane', j.lane, 'priority', j.priority, 'position', j.position, 'accepted_at', j.accepted_at)),
           coalesce(array_agg(i.ordinal), '{}'),
           coalesce(array_agg(i.s) filter (where i.r::text <> j.request::text), '{}')
      into v_replays, v_replayed, v_refused
      from rows from (json_to_recordset(p_rows) as (s integer, k integer, i text, r json))
           with ordinality as i(s, k, i, r, ordinal)
      join jobs j on j.api_key = i.k and j.idempotency_key = i.i;
  end if;

  with inserted as (
    insert into jobs (id, api_key, idempotency_key, type, user_id, lane, priority, position, request, accepted_at)
    select i.id, i.k, i.i, i.t, i.u, i.l, i.p,
           n.accepted + row_number() over (partition by i.l, i.p order by i.ordinal), i.r, v_at
      from rows from (json_to_recordset(p_rows) as (
             id uuid, s integer, k integer, i text, t operation_type, u text, l smallint, p smallint, r json))
           with ordinality as i(id, s, k, i, t, u, l, p, r, ordinal)
      join lanes n on n.lane = i.l and n.priority = i.p
     where not (i.ordinal = any (v_replayed)) and not (i.s = any (v_refused))
     order by i.i
    returning lane, priority
  ), moved as (
    update lanes l set accepted = l.accepted + c.count
      from (select lane, priority, count(*) from inserted group by lane, priority) c
     where l.lane = c.lane and l.priority = c.priority
    returning l.lane, l.priority, l.accepted
  )
  select json_agg(json_build_object('lane', lane, 'priority', priority, 'accepted', accepted)) into v_moved from moved;

  return json_build_object('at', v_at, 'moved', coalesce(v_moved, '[]'), 'replays', coalesce(v_replays, '[]'));
end $$;
