INSERT INTO {schema}.buckets AS b (
    sku, warehouse, lot, expires_on, on_hand, reserved, updated_at, position
)
SELECT sku, warehouse, lot, expires_on, on_hand, reserved, at, position
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::date[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::bigint[]
) AS r (sku, warehouse, lot, expires_on, on_hand, reserved, at, position)
-- The expiry too: a lot that the write side has forgotten may come back with another one.
ON CONFLICT ON CONSTRAINT buckets_pkey DO UPDATE
SET expires_on = excluded.expires_on,
    on_hand    = excluded.on_hand,
    reserved   = excluded.reserved,
    updated_at = excluded.updated_at,
    position   = excluded.position
