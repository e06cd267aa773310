UPDATE {schema}.orders AS o
SET captured = o.captured + more.captured,
    refunded = o.refunded + more.refunded
FROM (
    SELECT order_id,
           coalesce(sum(amount) FILTER (WHERE NOT is_refund), 0) AS captured,
           coalesce(sum(amount) FILTER (WHERE is_refund), 0)     AS refunded
    FROM unnest($1::uuid[], $2::boolean[], $3::bigint[]) AS m (order_id, is_refund, amount)
    GROUP BY order_id
) AS more
WHERE o.order_id = more.order_id
