INSERT INTO {schema}.ledgers AS l (ledger, currency, balance, entries)
SELECT ledger, currency, balance::numeric, entries
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS r (ledger, currency, balance, entries)
ON CONFLICT ON CONSTRAINT ledgers_pkey DO UPDATE
SET balance = excluded.balance,
    entries = excluded.entries
