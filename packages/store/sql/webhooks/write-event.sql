-- Keeps an event that isn't an operation's.
insert into events (id, api_key, type, data) values (:id::uuid, :api_key, :type, :data::json)
