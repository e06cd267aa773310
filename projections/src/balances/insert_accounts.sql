INSERT INTO {schema}.accounts (account_id, owner_id, currency, opened_at, updated_at, position)
SELECT account_id, owner_id, currency, at, at, position
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::bigint[])
    AS r (account_id, owner_id, currency, at, position)
