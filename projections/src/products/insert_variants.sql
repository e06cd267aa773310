INSERT INTO {schema}.variants (sku, product_id, place, name)
SELECT sku, product_id, place, name
FROM unnest($1::text[], $2::uuid[], $3::smallint[], $4::text[]) AS r (sku, product_id, place, name)
