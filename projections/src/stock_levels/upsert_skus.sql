INSERT INTO {schema}.skus AS s (sku, free, threshold, low_since, low_position, sequence)
SELECT sku, free, threshold, low_since, low_position, sequence
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::bigint[])
    AS r (sku, free, threshold, low_since, low_position, sequence)
ON CONFLICT ON CONSTRAINT skus_pkey DO UPDATE
SET free         = excluded.free,
    threshold    = excluded.threshold,
    low_since    = excluded.low_since,
    low_position = excluded.low_position,
    sequence     = excluded.sequence
