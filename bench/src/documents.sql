CREATE TABLE documents AS
SELECT created.aggregate_id AS id,
       created.payload->'ProductCreated'->>'name' AS name,
       created.payload->'ProductCreated'->>'description' AS description,
       created.payload->'ProductCreated'->'categories'->>0 AS category,
       created.payload->'ProductCreated'->'tags'->>0 AS tag,
       (priced.payload->'PriceSet'->'price'->>'amount')::bigint AS price,
       received.position IS NOT NULL AS in_stock,
       to_tsvector(
           'english',
           (created.payload->'ProductCreated'->>'name') || ' ' || (created.payload->'ProductCreated'->>'description')
       ) AS words
FROM events AS created
JOIN events AS priced
    ON priced.aggregate_type = 'product' AND priced.aggregate_id = created.aggregate_id AND priced.sequence = 2
LEFT JOIN events AS received
    ON received.aggregate_type = 'stock'
    AND received.aggregate_id = created.payload->'ProductCreated'->'variants'->0->>'sku'
WHERE created.event_type = 'ProductCreated';
CREATE INDEX documents_words_idx ON documents USING gin (words);
ANALYZE documents;
