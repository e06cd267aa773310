INSERT INTO {schema}.pairs AS p (product_id, other_id, orders)
SELECT product_id, other_id, orders
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS r (product_id, other_id, orders)
ON CONFLICT ON CONSTRAINT pairs_pkey DO UPDATE
SET orders = p.orders + excluded.orders
