-- The most orders first; of equally many, those of the rarer product, which it says more about.
SELECT wanted.product_id, best.other_id, best.orders, mine.orders AS of_orders
FROM unnest($1::uuid[]) AS wanted (product_id)
JOIN {schema}.products AS mine ON mine.product_id = wanted.product_id
CROSS JOIN LATERAL (
    SELECT pair.other_id, pair.orders
    FROM (
        SELECT other_id, orders FROM {schema}.pairs WHERE product_id = wanted.product_id
        UNION ALL
        SELECT product_id AS other_id, orders FROM {schema}.pairs WHERE other_id = wanted.product_id
    ) AS pair
    JOIN {schema}.products AS other ON other.product_id = pair.other_id
    ORDER BY pair.orders DESC, other.orders, pair.other_id
    LIMIT $2
) AS best
