INSERT INTO {schema}.spending AS s (customer_id, currency, paid_orders, spent, refunded)
SELECT o.customer_id, coalesce(r.currency, o.currency) AS currency, sum(r.paid)::bigint, sum(r.spent),
       sum(r.refunded)
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
    AS r (order_id, cancelled, paid, spent, refunded, currency)
JOIN {schema}.orders AS o USING (order_id)
WHERE r.cancelled = 0
GROUP BY o.customer_id, coalesce(r.currency, o.currency)
ORDER BY o.customer_id, coalesce(r.currency, o.currency)
ON CONFLICT ON CONSTRAINT spending_pkey DO UPDATE
SET paid_orders = s.paid_orders + excluded.paid_orders,
    spent       = s.spent + excluded.spent,
    refunded    = s.refunded + excluded.refunded
