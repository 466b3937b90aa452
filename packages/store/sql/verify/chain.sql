-- Each closing's manifest has its hash, and carries the hash of the closing before it; they are numbered without gap.
select 'closing ' || number || ' of ' || to_char(month, 'YYYY-MM') as what,
       'hash ' || hash || ' after ' || coalesce(previous, 'none') as found,
       'hash ' || actual_hash || ' after ' || coalesce(actual_previous, 'none') || case when is_next then '' else ', and another number' end as expected
  from (
    select number, month, hash, encode(sha256(convert_to(manifest, 'UTF8')), 'hex') as actual_hash,
           manifest::json #>> '{closing,previous}' as previous, lag(hash) over chain as actual_previous,
           number = coalesce(lag(number) over chain, 0) + 1 and month > coalesce(lag(month) over chain, '-infinity') as is_next
      from closings where manifest is not null
    window chain as (order by number)
  ) closing
 where hash <> actual_hash or previous is distinct from actual_previous or not is_next
