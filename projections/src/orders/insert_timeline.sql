INSERT INTO {schema}.timeline (
    order_id, position, step, detail, aggregate_type, aggregate_id, at, actor, correlation_id, causation_id
)
SELECT order_id, position, step, detail, aggregate_type, aggregate_id, at, actor, correlation_id, causation_id
FROM unnest(
    $1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
    $8::text[], $9::text[], $10::text[]
) AS r (
    order_id, position, step, detail, aggregate_type, aggregate_id, at, actor, correlation_id, causation_id
)
