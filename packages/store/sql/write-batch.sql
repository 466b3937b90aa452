-- Writes what a batch did: its outcomes, the balances and holds after it, and the lane's cursors, all in one go.
-- Needs the lane and the accounts locked. The time is the clock's, not the transaction's: a batch that waited for
-- its lane must not look older than the one it waited for. It is never in a closed month, even if the clock was put
-- back: closing a month locks all lanes, so whoever has one sees every closing that was made before. Answers that time.
with stamp as materialized (
  select greatest(clock_timestamp(), (select max(ends_at) from closings)) as applied_at
), moved as (
  update cursors c set applied = n.applied
    from unnest(:priorities::smallint[], :applied::bigint[]) as n(priority, applied)
   where c.lane = :lane and c.priority = n.priority
), balances as (
  update accounts a set balance = n.balance, sequence = n.sequence
    from unnest(:account_ids::bigint[], :account_balances::bigint[], :account_sequences::bigint[])
         as n(id, balance, sequence)
   where a.id = n.id
), claimed as (
  insert into orders (order_id, user_id)
  select order_id, user_id from unnest(:order_ids::text[], :order_users::text[]) as n(order_id, user_id) order by 1
), held as (
  insert into holds (order_id, service_id, wallet, reserved, released, captured)
  select * from unnest(:hold_orders::text[], :hold_services::text[], :hold_wallets::text[], :hold_reserved::bigint[],
                       :hold_released::bigint[], :hold_captured::bigint[])
  on conflict (order_id, service_id) do update set released = excluded.released, captured = excluded.captured
), captured as (
  insert into hold_captures (order_id, hold_service_id, service_id, captured, refunded)
  select * from unnest(:capture_orders::text[], :capture_holds::text[], :capture_services::text[],
                       :capture_captured::bigint[], :capture_refunded::bigint[])
  on conflict (order_id, hold_service_id, service_id)
  do update set captured = excluded.captured, refunded = excluded.refunded
), recognised as (
  insert into monthly_revenue as m (month, service_id, lane, captured, refunded, operations)
  select date_trunc('month', applied_at at time zone 'UTC')::date, n.service_id, :lane, n.captured, n.refunded, n.operations
    from stamp cross join unnest(:revenue_services::text[], :revenue_captured::numeric[], :revenue_refunded::numeric[],
                                 :revenue_operations::bigint[]) as n(service_id, captured, refunded, operations)
  on conflict (month, service_id, lane)
  do update set captured = m.captured + excluded.captured, refunded = m.refunded + excluded.refunded,
                operations = m.operations + excluded.operations
), written as (
  insert into operations (job_id, line, type, rejection, amount, debit_account, credit_account, debit_balance,
                          credit_balance, debit_sequence, credit_sequence, order_id, service_id, applied_at)
  select n.*, stamp.applied_at
    from unnest(:job_ids::uuid[], :lines::smallint[], :types::operation_type[], :rejections::text[], :amounts::bigint[],
                :debit_accounts::bigint[], :credit_accounts::bigint[], :debit_balances::bigint[],
                :credit_balances::bigint[], :debit_sequences::bigint[], :credit_sequences::bigint[],
                :operation_orders::text[], :operation_services::text[]) as n
   cross join stamp
)
select applied_at from stamp
