SELECT sku, warehouse, lot, expires_on, on_hand, reserved, updated_at, position, s.sequence, s.threshold,
       -- What has expired is there, and is not for sale.
       CASE WHEN expires_on < $2::date THEN 0 ELSE available END AS available
FROM {schema}.buckets
JOIN {schema}.skus AS s USING (sku)
WHERE sku = ANY ($1)
ORDER BY sku, warehouse, lot
