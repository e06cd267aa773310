UPDATE {schema}.warehouses AS w
SET name       = coalesce(r.name, w.name),
    location   = coalesce(r.location, w.location),
    status     = coalesce(r.status, w.status),
    updated_at = r.at,
    position   = r.position,
    sequence   = r.sequence
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[], $7::bigint[]
) AS r (code, name, location, status, at, position, sequence)
WHERE w.code = r.code
