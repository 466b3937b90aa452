-- Accepts operations; see the function's header in the migration.
select accept_operations(:lanes::smallint, :lane::smallint[], :priority::smallint[], :rows::json, :keyed::boolean) as answer
