UPDATE {schema}.orders AS o
SET status          = coalesce(r.status, o.status),
    cancel_code     = coalesce(r.cancel_code, o.cancel_code),
    cancel_reason   = coalesce(r.cancel_reason, o.cancel_reason),
    carrier         = coalesce(r.carrier, o.carrier),
    tracking_number = coalesce(r.tracking_number, o.tracking_number),
    updated_at      = coalesce(r.updated_at, o.updated_at),
    position        = coalesce(r.position, o.position),
    sequence        = r.sequence
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bigint[],
    $9::bigint[]
) AS r (order_id, status, cancel_code, cancel_reason, carrier, tracking_number, updated_at, position, sequence)
WHERE o.order_id = r.order_id
