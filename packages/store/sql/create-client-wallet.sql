-- Makes another wallet of a client, beside its main one. Answers nothing if there is no such client.
insert into client_wallets (client_id, is_main) select id, false from clients where id = :client_id
returning id, client_id, is_main
