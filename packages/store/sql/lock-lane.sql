-- Takes a lane for this transaction: its cursors, of all priorities, so that whoever else works on the lane waits.
-- The statements after it see everything that the lane's earlier batches committed.
select priority, applied from cursors where lane = :lane order by priority for update
