-- Makes the role that gateways and workers take on, where there is none, and says what it may do: everything that they
-- do, and nothing to what was written for ever. Run behind the migrations, each time, so that it holds for all tables
-- that there are. Whoever migrates needs CREATEROLE for it; without, somebody else has to make the role, and until then
-- the triggers alone guard the books.
do $$
begin
  if not exists (select from pg_roles where rolname = 'saldo_app') then
    create role saldo_app nologin;
  end if;
exception
  -- Roles belong to the whole server: the migration of another database may have been quicker.
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then raise notice 'the role saldo_app is missing and may not be made';
end $$;

do $$
begin
  if exists (select from pg_roles where rolname = 'saldo_app') and not pg_has_role(current_user, 'saldo_app', 'member') then
    execute format('grant saldo_app to %I', current_user);
  end if;
exception
  when insufficient_privilege then raise notice 'the role saldo_app may not be granted to %', current_user;
end $$;

do $$
begin
  if not exists (select from pg_roles where rolname = 'saldo_app') then return; end if;
  execute format('grant usage on schema %I to saldo_app', current_schema());
  execute format('grant select, insert, update, delete on all tables in schema %I to saldo_app', current_schema());
  execute format('grant usage on all sequences in schema %I to saldo_app', current_schema());
  revoke update, delete on jobs, operations from saldo_app;
  revoke insert, update, delete on lane_count, knex_migrations, knex_migrations_lock from saldo_app;
end $$;
