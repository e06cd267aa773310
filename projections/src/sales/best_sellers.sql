SELECT d.product_id, coalesce(min(p.name), '') AS name, $3::text AS currency, sum(d.orders)::bigint AS orders,
       sum(d.units)::text AS units, sum(d.revenue)::text AS revenue, sum(d.tax)::text AS tax,
       sum(d.refunded)::text AS refunded, sum(d.refunded_tax)::text AS refunded_tax
FROM {schema}.product_days AS d
LEFT JOIN {schema}.products AS p USING (product_id)
WHERE d.day >= $1 AND d.day < $2 AND d.currency = $3
  -- A category has what lies below it.
  AND ($4::text IS NULL OR EXISTS (
      SELECT FROM unnest(p.categories) AS c (path)
      WHERE c.path = $4 OR starts_with(c.path, $4 || '/')
  ))
GROUP BY d.product_id
HAVING sum(d.units) > 0
ORDER BY sum(d.units) DESC, sum(d.revenue) - sum(d.refunded) DESC, d.product_id
LIMIT $5
