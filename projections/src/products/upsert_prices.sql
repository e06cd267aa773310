INSERT INTO {schema}.prices (sku, currency, amount, since, position)
SELECT sku, currency, amount, at, position
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[], $5::bigint[])
    AS r (sku, currency, amount, at, position)
ON CONFLICT ON CONSTRAINT prices_pkey DO UPDATE
SET amount   = excluded.amount,
    since    = excluded.since,
    position = excluded.position
