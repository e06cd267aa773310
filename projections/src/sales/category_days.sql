-- By day, of the products that lie in the category or below it. Orders of several such products count once
-- for each of them: an order is of no category, its products are.
SELECT d.day, d.currency, sum(d.orders)::bigint AS orders, 0::bigint AS charges, sum(d.revenue)::text AS revenue,
       '0' AS charged, sum(d.tax)::text AS tax, sum(d.refunds)::bigint AS refunds, sum(d.refunded)::text AS refunded,
       sum(d.refunded_tax)::text AS refunded_tax
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
