WITH found AS MATERIALIZED (
    SELECT id, name, category, tag, price, in_stock, ts_rank(words, query) AS rank
    FROM documents, plainto_tsquery('english', $1) AS query
    WHERE words @@ query
)
SELECT (SELECT count(*) FROM found) AS total,
       (SELECT array_agg(id) FROM (SELECT id FROM found ORDER BY rank DESC LIMIT 20) AS page) AS page,
       (SELECT json_object_agg(category, number)
        FROM (SELECT category, count(*) AS number FROM found GROUP BY category) AS by_category) AS categories,
       (SELECT json_object_agg(tag, number)
        FROM (SELECT tag, count(*) AS number FROM found GROUP BY tag) AS by_tag) AS tags,
       (SELECT json_object_agg(range, number)
        FROM (SELECT width_bucket(price, 0, 20000, 8) AS range, count(*) AS number FROM found GROUP BY range) AS by_price
       ) AS prices,
       (SELECT count(*) FROM found WHERE in_stock) AS in_stock
