UPDATE {schema}.payments AS p
SET state             = coalesce(r.state, p.state),
    failure_code      = coalesce(r.failure_code, p.failure_code),
    gateway_reference = coalesce(r.gateway_reference, p.gateway_reference),
    authorised        = p.authorised OR r.authorised,
    captured          = p.captured + r.captured,
    refunded          = p.refunded + r.refunded,
    updated_at        = r.at,
    position          = r.position,
    sequence          = r.sequence
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::bigint[], $7::bigint[], $8::timestamptz[],
    $9::bigint[], $10::bigint[]
) AS r (
    payment_id, state, failure_code, gateway_reference, authorised, captured, refunded, at, position, sequence
)
WHERE p.payment_id = r.payment_id
