-- How many operations a user's accounts had: while these stay, nothing of the user's changed.
select coalesce(string_agg(id || ':' || sequence, ',' order by id), '') as sequences
  from accounts where owner = :user and kind in ('available', 'reserved')
