UPDATE {schema}.products AS p
SET name        = coalesce(r.name, p.name),
    description = coalesce(r.description, p.description),
    categories  = coalesce(r.categories::jsonb, p.categories),
    tags        = coalesce(r.tags::jsonb, p.tags),
    images      = coalesce(r.images::jsonb, p.images),
    active      = coalesce(r.active, p.active),
    updated_at  = r.at,
    position    = r.position,
    sequence    = r.sequence
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[],
    $8::timestamptz[], $9::bigint[], $10::bigint[]
) AS r (product_id, name, description, categories, tags, images, active, at, position, sequence)
WHERE p.product_id = r.product_id
