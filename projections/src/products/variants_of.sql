SELECT v.product_id, v.sku, v.name, price.currency, price.amount, price.since
FROM {schema}.variants AS v
LEFT JOIN {schema}.prices AS price USING (sku)
WHERE v.product_id = ANY ($1)
ORDER BY v.product_id, v.place, price.currency
