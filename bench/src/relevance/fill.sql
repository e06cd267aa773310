INSERT INTO goods (sku, name, words)
SELECT sku, name,
       setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('simple', sku), 'A')
       || setweight(to_tsvector('english', category), 'B') || setweight(to_tsvector('english', description), 'D')
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS goods (sku, name, category, description)
