-- A user's history with one row per job: a capture over several services is one payment of their total. Ids follow the
-- order of applying on every account, and tell apart what a batch applied at the same time.
with own as (
  select id from accounts where owner = :user_id and kind in ('available', 'reserved')
), movements as (
  select o.id, o.job_id, o.type, o.amount, o.order_id, o.applied_at, o.debit_account, o.credit_account
    from own join operations o on o.debit_account = own.id and o.debit_sequence is not null
   union
  select o.id, o.job_id, o.type, o.amount, o.order_id, o.applied_at, o.debit_account, o.credit_account
    from own join operations o on o.credit_account = own.id and o.credit_sequence is not null
), jobs_moved as (
  select min(id) as id, type, sum(amount)::bigint as amount, min(order_id) as order_id, min(applied_at) as applied_at,
         min(debit_account) as debit_account, min(credit_account) as credit_account
    from movements group by job_id, type
)
select m.type, m.amount, m.order_id, m.applied_at, d.owner as debit_owner, c.owner as credit_owner
  from jobs_moved m
  join accounts d on d.id = m.debit_account
  join accounts c on c.id = m.credit_account
 order by case when :by_date::boolean then m.applied_at end desc,
          case when :by_amount::boolean then m.amount end desc,
          case when :by_date::boolean then -m.id else m.id end
 limit :limit::bigint offset :offset::bigint
