-- What was not mentioned stays as it was before.
INSERT INTO {schema}.products AS p (product_id, name, categories)
SELECT r.product_id, coalesce(r.name, before.name, ''),
       CASE WHEN r.categories IS NULL THEN coalesce(before.categories, '{}')
            ELSE ARRAY(SELECT json_array_elements_text(r.categories::json))
       END
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS r (product_id, name, categories)
LEFT JOIN {schema}.products AS before USING (product_id)
ON CONFLICT ON CONSTRAINT products_pkey DO UPDATE
SET name       = excluded.name,
    categories = excluded.categories
