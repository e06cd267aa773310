INSERT INTO {schema}.product_days AS d (day, currency, product_id, orders, units, revenue)
SELECT paid.day, o.currency, l.product_id, count(DISTINCT l.order_id), sum(l.units)::bigint,
       sum(l.amount)::bigint
FROM unnest($1::uuid[], $2::date[]) AS paid (order_id, day)
JOIN {schema}.orders AS o USING (order_id)
JOIN {schema}.lines AS l USING (order_id)
GROUP BY paid.day, o.currency, l.product_id
ON CONFLICT ON CONSTRAINT product_days_pkey DO UPDATE
SET orders  = d.orders + excluded.orders,
    units   = d.units + excluded.units,
    revenue = d.revenue + excluded.revenue
