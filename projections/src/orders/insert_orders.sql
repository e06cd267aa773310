-- What became of the order since is written by the update that follows in the same batch.
INSERT INTO {schema}.orders (
    order_id, customer_id, status, currency, total, tax, payment_id, payment_method, account_id,
    shipping_address, placed_at, updated_at, placed_position, position
)
SELECT order_id, customer_id, 'placed', currency, total, tax, payment_id, payment_method, account_id,
       shipping_address::jsonb, placed_at, placed_at, placed_position, placed_position
FROM unnest(
    $1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::uuid[], $7::text[], $8::uuid[],
    $9::text[], $10::timestamptz[], $11::bigint[]
) AS r (
    order_id, customer_id, currency, total, tax, payment_id, payment_method, account_id,
    shipping_address, placed_at, placed_position
)
