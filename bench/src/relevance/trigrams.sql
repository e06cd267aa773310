SELECT sku
FROM goods
WHERE word_similarity($1, name) > 0.3
ORDER BY word_similarity($1, name) DESC, sku
LIMIT 10
