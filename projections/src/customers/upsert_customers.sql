INSERT INTO {schema}.customers AS c (customer_id, orders, cancelled, first_order_at, last_order_at, position)
SELECT customer_id, count(*), 0, min(at), max(at), max(position)
FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[]) AS r (customer_id, at, position)
GROUP BY customer_id
ORDER BY customer_id
ON CONFLICT ON CONSTRAINT customers_pkey DO UPDATE
SET orders        = c.orders + excluded.orders,
    last_order_at = excluded.last_order_at,
    position      = excluded.position
