-- By day, of the products that lie in the category or below it. Orders of several such products count once
-- for each of them: an order is of no category, its products are.
SELECT d.day, d.currency, sum(d.orders)::bigint AS orders, sum(d.revenue)::bigint AS revenue,
       0::bigint AS tax, 0::bigint AS refunds, 0::bigint AS refunded
FROM {schema}.product_days AS d
JOIN {schema}.products AS p USING (product_id)
WHERE d.day >= $1 AND d.day < $2 AND ($3::text IS NULL OR d.currency = $3)
  AND EXISTS (
      SELECT FROM unnest(p.categories) AS c (path)
      WHERE c.path = $4 OR starts_with(c.path, $4 || '/')
  )
GROUP BY d.day, d.currency
ORDER BY d.day, d.currency
LIMIT $5
