-- What is left of a wallet's holds is what the wallet has reserved.
select 'reserved ' || user_id || ' ' || wallet as what, balance::text as found, left_of_holds::text as expected
  from (
    select coalesce(a.owner, h.user_id) as user_id, coalesce(a.wallet, h.wallet) as wallet,
           coalesce(a.balance, 0) as balance, coalesce(h.left_of_holds, 0) as left_of_holds
      from (select owner, wallet, balance from accounts where kind = 'reserved') a
      full join (select o.user_id, h.wallet, sum(h.reserved - h.released - h.captured) as left_of_holds
                   from holds h join orders o using (order_id) group by 1, 2) h
        on h.user_id = a.owner and h.wallet = a.wallet
  ) compared
 where balance <> left_of_holds
