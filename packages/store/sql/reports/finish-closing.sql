-- Writes down a closing's manifest, once.
update closings set manifest = :manifest, hash = :hash where number = :number::integer and manifest is null
returning number
