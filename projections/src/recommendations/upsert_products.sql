INSERT INTO {schema}.products AS p (product_id, orders)
SELECT product_id, orders FROM unnest($1::uuid[], $2::bigint[]) AS r (product_id, orders)
ON CONFLICT ON CONSTRAINT products_pkey DO UPDATE
SET orders = p.orders + excluded.orders
