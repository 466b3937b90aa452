-- Begins to tell an endpoint again what happened since a time. Events are numbered soon after they happened, so those
-- that were numbered before that time happened before it. One replay at a time: another that is under way goes on from
-- the earlier of both starts.
update webhook_states s
   set replayed = least(coalesce(s.replayed, n.first - 1), n.first - 1), replay_last = n.last,
       replay_since = least(coalesce(s.replay_since, :since::timestamptz), :since)
  from (select coalesce((select first_number from event_ranges where recorded_at >= :since
                          order by recorded_at, first_number limit 1), c.last_number + 1) as first,
               c.last_number as last
          from event_count c) n
 where s.endpoint_id = :endpoint
returning s.endpoint_id
