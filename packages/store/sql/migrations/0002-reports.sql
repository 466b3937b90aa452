-- Reports, the months that were closed, and what both stand on.

-- A month's revenue, kept by the batches that make it, so that asking for it never reads operations. A row per lane,
-- so that lanes never wait for one another. Numeric: what is captured and refunded over and over has no bound.
create table monthly_revenue (
  month date not null check (extract(day from month) = 1),
  service_id text collate "C" not null,
  lane smallint not null,
  captured numeric(40, 0) not null,
  refunded numeric(40, 0) not null,
  -- Lines of captures and refunds.
  operations bigint not null,
  primary key (month, service_id, lane)
) with (fillfactor = 50);

insert into monthly_revenue (month, service_id, lane, captured, refunded, operations)
select date_trunc('month', o.applied_at at time zone 'UTC')::date, o.service_id, j.lane,
       coalesce(sum(o.amount) filter (where o.type = 'capture'), 0),
       coalesce(sum(o.amount) filter (where o.type = 'refund'), 0), count(*)
  from operations o join jobs j on j.id = o.job_id
 where o.rejection is null and o.type in ('capture', 'refund')
 group by 1, 2, 3;

-- Operations are added in about the order of their time, so a few bytes for every 64 pages find those of a period.
create index operations_by_time on operations using brin (applied_at) with (pages_per_range = 64, autosummarize = on);

-- Months that are fixed: nothing is applied with a time before the end of the last one (see write-batch.sql). Each
-- has the hash of the one before it in its manifest, so none can be changed without changing all that follow.
create table closings (
  number integer primary key check (number > 0),
  month date not null unique check (extract(day from month) = 1),
  -- The moment at which the month ends: the first one of the next.
  ends_at timestamptz not null unique,
  report uuid not null,
  closed_at timestamptz not null default clock_timestamp(),
  -- The text that is hashed, and its SHA-256 in hex. Null until the closing report is written.
  manifest text,
  hash text,
  check ((manifest is null) = (hash is null))
);
-- A closed month's revenue, with the names that the services had then.
create table closing_lines (
  month date not null references closings (month),
  service_id text collate "C" not null,
  name text not null,
  revenue numeric(40, 0) not null,
  primary key (month, service_id)
);

create type report_status as enum ('queued', 'running', 'completed', 'failed', 'cancelled');

create table reports (
  id uuid primary key,
  api_key integer not null,
  -- JSON. Two requests are the same when their texts are equal.
  request text not null,
  status report_status not null default 'queued',
  -- Per cent.
  progress smallint not null default 0 check (progress between 0 and 100),
  -- How often it was begun.
  attempts smallint not null default 0,
  -- Whoever has the claim writes the report, until `claimed_until`; then anybody may take it.
  claim uuid,
  claimed_until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  -- What the data was: the same request on the same basis has the same file.
  basis text,
  -- The file's name in the folder of reports; several reports may share one.
  file text collate "C",
  -- What the caller sees it named.
  filename text,
  rows bigint,
  bytes bigint,
  sha256 text,
  -- A decimal.
  total text,
  manifest text,
  removed_at timestamptz,
  error_code text,
  error_detail text,
  check ((status = 'running') = (claim is not null)),
  check ((status in ('queued', 'running')) = (finished_at is null)),
  check ((status = 'completed') = (file is not null)),
  check ((status = 'failed') = (error_code is not null))
);
-- Of equal requests one is under way.
create unique index reports_under_way on reports (request) where status in ('queued', 'running');
create index reports_by_request on reports (request, finished_at) where status = 'completed';
create index reports_by_file on reports (file) where file is not null;

-- Who wants the month's report made when the month is over.
create table report_schedules (
  id uuid primary key,
  api_key integer not null,
  type text not null check (type in ('revenue', 'operations')),
  format text not null check (format in ('csv', 'xlsx')),
  -- The last month that a report was ordered for.
  last_month date not null check (extract(day from last_month) = 1),
  created_at timestamptz not null default clock_timestamp(),
  unique (api_key, type, format)
);

-- Keys that all gateways share. Random UUIDs have 122 random bits each; three make a key of more than 256.
create table secrets (
  name text primary key,
  value bytea not null
);
insert into secrets (name, value)
select 'report links', sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
