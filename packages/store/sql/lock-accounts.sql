-- Reads and locks accounts, in ascending id order so that two lanes never deadlock. The lock is the weaker one that an
-- update takes too, since no key changes.
select id, kind, owner, wallet, balance, sequence from accounts where id = any (:ids::bigint[])
 order by id for no key update
