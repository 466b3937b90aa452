-- Says that a schedule has had a month's report ordered.
update report_schedules set last_month = :month::date where id = :id::uuid
