INSERT INTO {schema}.products (
    product_id, slug, name, description, categories, tags, images, tax_rate_bp, active,
    created_at, updated_at, created_position, position
)
SELECT product_id, slug, name, description, categories::jsonb, tags::jsonb, images::jsonb, tax_rate_bp, true,
       at, at, position, position
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[],
    $9::timestamptz[], $10::bigint[]
) AS r (product_id, slug, name, description, categories, tags, images, tax_rate_bp, at, position)
