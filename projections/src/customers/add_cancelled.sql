UPDATE {schema}.customers AS c
SET cancelled = c.cancelled + more.cancelled
FROM (
    SELECT o.customer_id, sum(r.cancelled)::bigint AS cancelled
    FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
    AS r (order_id, cancelled, paid, spent, refunded, currency)
    JOIN {schema}.orders AS o USING (order_id)
    WHERE r.cancelled > 0
    GROUP BY o.customer_id
) AS more
WHERE c.customer_id = more.customer_id
