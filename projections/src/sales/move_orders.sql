UPDATE {schema}.orders AS o
SET captured = o.captured + more.captured,
    refunded = o.refunded + more.refunded
FROM (
    SELECT m.order_id,
           coalesce(sum(amount) FILTER (WHERE NOT is_refund), 0) AS captured,
           coalesce(sum(amount) FILTER (WHERE is_refund), 0)     AS refunded
    FROM unnest($1::bigint[], $2::uuid[], $3::boolean[], $4::bigint[]) AS m (position, order_id, is_refund, amount)
    JOIN {schema}.orders AS placed ON placed.order_id = m.order_id AND placed.placed < m.position
    GROUP BY m.order_id
) AS more
WHERE o.order_id = more.order_id
