-- A sum of bigint is numeric; one that does not fit again is an error and never a wrong number.
INSERT INTO {schema}.days AS d (day, currency, orders, revenue, tax, refunds, refunded)
SELECT paid.day, o.currency, count(*), sum(o.total)::bigint, sum(o.tax)::bigint, 0, 0
FROM unnest($1::uuid[], $2::date[]) AS paid (order_id, day)
JOIN {schema}.orders AS o USING (order_id)
GROUP BY paid.day, o.currency
ON CONFLICT ON CONSTRAINT days_pkey DO UPDATE
SET orders  = d.orders + excluded.orders,
    revenue = d.revenue + excluded.revenue,
    tax     = d.tax + excluded.tax
