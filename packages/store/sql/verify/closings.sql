-- What a closing says of its month is what the operations add up to: how many there were, what they moved, the trial
-- balance at its end, and the revenue of each service, which the closing's report shows.
with told as (
  select month, ends_at, month::timestamp at time zone 'UTC' as starts_at, manifest::json -> 'closing' as closing
    from closings where manifest is not null
), counted as (
  select t.month, o.completed, o.rejected, o.amount
    from told t
   cross join lateral (
     select count(*) filter (where rejection is null) as completed, count(*) filter (where rejection is not null) as rejected,
            coalesce(sum(amount), 0) as amount
       from operations where applied_at >= t.starts_at and applied_at < t.ends_at) o
), balanced as (
  select t.month, k.kind, coalesce(sum(m.delta), 0) as balance
    from told t
   cross join unnest(enum_range(null::account_kind)) as k(kind)
    left join lateral (
      select -amount as delta from operations o join accounts a on a.id = o.debit_account
       where a.kind = k.kind and o.rejection is null and o.applied_at < t.ends_at
      union all
      select amount from operations o join accounts a on a.id = o.credit_account
       where a.kind = k.kind and o.rejection is null and o.applied_at < t.ends_at
    ) m on true
   group by 1, 2
)
select 'closing of ' || to_char(t.month, 'YYYY-MM') as what,
       (t.closing ->> 'completed') || ' completed, ' || (t.closing ->> 'rejected') || ' rejected, moved ' || (t.closing ->> 'amount') as found,
       c.completed || ' completed, ' || c.rejected || ' rejected, moved ' || c.amount / 10000 as expected
  from told t join counted c using (month)
 where (t.closing ->> 'completed')::bigint <> c.completed or (t.closing ->> 'rejected')::bigint <> c.rejected
    or (t.closing ->> 'amount')::numeric * 10000 <> c.amount
union all
select 'closing of ' || to_char(t.month, 'YYYY-MM') || ', ' || b.kind, t.closing -> 'trial_balance' ->> b.kind::text,
       (b.balance / 10000)::text
  from told t join balanced b using (month)
 where (t.closing -> 'trial_balance' ->> b.kind::text)::numeric * 10000 is distinct from b.balance
union all
select 'closing of ' || to_char(month, 'YYYY-MM') || ', service ' || service_id, coalesce(l.revenue, 0)::text, coalesce(r.revenue, 0)::text
  from (select l.* from closing_lines l join told using (month)) l
  full join (select m.month, m.service_id, sum(m.captured - m.refunded) as revenue
               from monthly_revenue m join told using (month) group by 1, 2) r using (month, service_id)
 where l.revenue is distinct from r.revenue
