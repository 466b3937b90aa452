-- Of these names, those that belong to no report that has its file.
select name from unnest(:names::text[]) as n(name)
 where not exists (select from reports where file = n.name and removed_at is null)
