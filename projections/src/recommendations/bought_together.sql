-- The most orders first; of equally many, those of the rarer product, which it says more about.
SELECT wanted.product_id, best.other_id, best.orders, best.of_orders
FROM unnest($1::uuid[]) AS wanted (product_id)
CROSS JOIN LATERAL (
    SELECT pair.other_id, pair.orders, mine.orders AS of_orders
    FROM {schema}.pairs AS pair
    JOIN {schema}.products AS mine ON mine.product_id = pair.product_id
    JOIN {schema}.products AS other ON other.product_id = pair.other_id
    WHERE pair.product_id = wanted.product_id
    ORDER BY pair.orders DESC, other.orders, pair.other_id
    LIMIT $2
) AS best
