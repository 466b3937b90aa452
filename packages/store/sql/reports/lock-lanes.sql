-- Locks every lane, in the order in which a batch locks its own, so that no batch is under way and none begins.
select lane from cursors order by lane, priority for update
