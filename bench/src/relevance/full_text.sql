SELECT sku
FROM goods, websearch_to_tsquery('english', $1) AS query
WHERE words @@ query
ORDER BY ts_rank(words, query) DESC, sku
LIMIT 10
