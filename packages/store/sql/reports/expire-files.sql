-- Marks files as removed that no report of the last days has; those of closings are kept. Answers their names, to be
-- removed after: a mark without a removal leaves a file that nobody is given, which find-stray-files then finds.
update reports set removed_at = clock_timestamp()
 where file is not null and removed_at is null
   and not exists (select from reports younger where younger.file = reports.file
                      and younger.finished_at > clock_timestamp() - make_interval(days => :keep_days::integer))
   and not exists (select from closings c join reports closing on closing.id = c.report where closing.file = reports.file)
returning file
