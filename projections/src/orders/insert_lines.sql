INSERT INTO {schema}.lines (
    order_id, line, sku, product_id, name, quantity, unit_price, currency, tax_rate_bp
)
SELECT order_id, line, sku, product_id, name, quantity, unit_price, currency, tax_rate_bp
FROM unnest(
    $1::uuid[], $2::smallint[], $3::text[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[],
    $8::text[], $9::int[]
) AS r (order_id, line, sku, product_id, name, quantity, unit_price, currency, tax_rate_bp)
