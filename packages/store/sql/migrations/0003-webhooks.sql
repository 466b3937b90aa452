-- Events, whom they are told to, and what became of telling them. A shipped migration is never edited.
--
-- An event of an operation is no row: it is what `operations` says of a job, and its id is the job's. Only other
-- events (of reports, of endpoints, tests) are kept, in `events`. So the ledger pays for events where somebody
-- listens, and only then.

create table events (
  id uuid primary key default gen_random_uuid(),
  -- Whose event it is: the merchant with this key hears of it, and every accountant and admin.
  api_key integer not null,
  type text collate "C" not null,
  -- What is told, as it was when it happened.
  data json not null,
  created_at timestamptz not null default clock_timestamp(),
  -- Its place in the order of all events; null until it is recorded.
  number bigint
);
create index events_to_record on events (created_at, id) where number is null;

-- The order of all events, 1, 2, 3, … without gaps, as ranges: each is either one row of `events`, or the operations of
-- a lane and priority from a position on. Written by record_events alone, which see.
create table event_ranges (
  last_number bigint primary key,
  first_number bigint not null,
  lane smallint,
  priority smallint,
  first_position bigint,
  event_id uuid,
  recorded_at timestamptz not null default clock_timestamp(),
  check (first_number <= last_number),
  check ((event_id is null) = (lane is not null and priority is not null and first_position is not null))
);
create index event_ranges_by_position on event_ranges (lane, priority, first_position);
create index event_ranges_by_time on event_ranges (recorded_at);

-- The last number given out. One row, locked by whoever gives out more.
create table event_count (
  only_row boolean primary key default true check (only_row),
  last_number bigint not null
);
insert into event_count (last_number) values (0);

-- How far each lane's operations are numbered.
create table recorded_positions (
  lane smallint not null,
  priority smallint not null,
  position bigint not null,
  primary key (lane, priority)
);

create table webhook_endpoints (
  id integer generated always as identity primary key,
  -- Whose jobs it hears of: this merchant's; all, if the key is an accountant's or admin's.
  api_key integer not null references api_keys,
  url text not null,
  description text not null,
  -- Patterns of event types: '*', 'operation.*', 'operation.completed'.
  events text[] not null,
  -- Encrypted. The previous one signs too until its time is over.
  secret bytea not null,
  previous_secret bytea,
  previous_secret_until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  disabled_at timestamptz,
  disabled_reason text,
  deleted_at timestamptz,
  check ((disabled_at is null) = (disabled_reason is null))
);
create index webhook_endpoints_by_api_key on webhook_endpoints (api_key, id) where deleted_at is null;

-- Whoever is told of events, and whether of everybody's. A revoked key hears nothing any more.
create view listening_endpoints as
  select e.id, e.api_key, k.role <> 'merchant' as hears_all, e.events, e.url, e.secret,
         case when e.previous_secret_until > now() then e.previous_secret end as previous_secret
    from webhook_endpoints e join api_keys k on k.id = e.api_key
   where e.disabled_at is null and e.deleted_at is null and k.revoked_at is null;

-- How an endpoint is doing, and which process works for it: apart from the endpoint, since it changes all the time.
create table webhook_states (
  endpoint_id integer primary key references webhook_endpoints,
  owner uuid,
  owned_until timestamptz,
  -- Failures since the last success.
  failures integer not null default 0,
  failing_since timestamptz,
  -- Nothing is sent before.
  paused_until timestamptz,
  -- A replay under way: events beyond `replayed` up to `replay_last` that happened since `replay_since` are sent again.
  replayed bigint,
  replay_last bigint,
  replay_since timestamptz
) with (fillfactor = 50);

create type delivery_status as enum ('pending', 'delivered', 'failed');

-- The outbox: an event to be told to an endpoint. An operation's are written in the transaction of its outcome.
create table webhook_deliveries (
  id bigint generated always as identity primary key,
  endpoint_id integer not null,
  -- The job's id for an operation's event, else that of a row of `events`.
  event_id uuid not null,
  type text collate "C" not null,
  status delivery_status not null default 'pending',
  attempts smallint not null default 0,
  created_at timestamptz not null,
  next_attempt_at timestamptz not null,
  finished_at timestamptz
);
create index webhook_deliveries_pending on webhook_deliveries (endpoint_id, next_attempt_at, id) where status = 'pending';
create index webhook_deliveries_by_endpoint on webhook_deliveries (endpoint_id, id);

create table webhook_attempts (
  delivery_id bigint not null,
  attempted_at timestamptz not null,
  http_status smallint,
  duration_ms integer not null,
  -- The class of error; null if it was delivered.
  error text,
  -- The answer's first 4 KiB.
  response text not null,
  primary key (delivery_id, attempted_at)
);

-- The webhook secrets of a database are all encrypted with one key; this tells whether a process has that one.
create table secret_key_check (
  only_row boolean primary key default true check (only_row),
  fingerprint bytea not null
);

-- Gives numbers to what happened since it was last called, and answers the last number.
--
-- Guarantees: every event gets one number, once; numbers have no gap; whoever has seen number n will never see another
-- event at or below n. Transactions that commit out of order do no harm: an operation's number is not given while it
-- is written but here, from the lanes' cursors as they are committed. A lane's positions have no gaps and are committed
-- in order, under its lock, so what a committed cursor covers is all there. Two who number at once take turns: the
-- lock on the count comes first, and each statement after it sees what the one before committed.
-- Order: a lane's events are in the order of their positions, so those of one user's operations of one priority are in
-- the order in which they were applied; of several lanes, whichever is recorded first.
create function record_events() returns bigint language plpgsql as $$
declare
  v_last bigint;
begin
  if not exists (select from cursors c left join recorded_positions r using (lane, priority)
                  where c.applied > coalesce(r.position, 0))
     and not exists (select from events where number is null) then
    return (select last_number from event_count);
  end if;

  select last_number into v_last from event_count for update;

  with moved as (
    select c.lane, c.priority, c.applied, coalesce(r.position, 0) as recorded
      from cursors c left join recorded_positions r using (lane, priority)
     where c.applied > coalesce(r.position, 0)
  ), remembered as (
    insert into recorded_positions as r (lane, priority, position)
    select lane, priority, applied from moved
    on conflict (lane, priority) do update set position = excluded.position
  ), ranged as (
    insert into event_ranges (first_number, last_number, lane, priority, first_position)
    select v_last + 1 + sum(applied - recorded) over sofar - (applied - recorded),
           v_last + sum(applied - recorded) over sofar, lane, priority, recorded + 1
      from moved window sofar as (order by lane, priority rows unbounded preceding)
    returning last_number
  )
  select coalesce(max(last_number), v_last) into v_last from ranged;

  with numbered as (
    update events e set number = n.number
      from (select id, v_last + row_number() over (order by created_at, id) as number
              from events where number is null) n
     where e.id = n.id
    returning e.id, e.number
  ), ranged as (
    insert into event_ranges (first_number, last_number, event_id)
    select number, number, id from numbered
    returning last_number
  )
  select coalesce(max(last_number), v_last) into v_last from ranged;

  update event_count set last_number = v_last;
  return v_last;
end $$;
