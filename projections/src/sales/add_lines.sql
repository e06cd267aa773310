-- Divides each movement of an order's money among the order's lines and adds it up by day and product.
--
-- What a line has of the first x minor units of an order is the difference of two roundings, so the parts of all lines
-- add up to x, and a line has its whole amount when x is the total. Its tax is that part of the line's tax. A movement
-- is the difference between after it and before it: however the log is cut into batches, the sums are the same.
WITH moves AS (
    SELECT m.position, m.order_id, m.day, m.is_refund, o.currency, o.total,
           CASE WHEN m.is_refund THEN o.refunded ELSE o.captured END
               + sum(m.amount) OVER (PARTITION BY m.order_id, m.is_refund ORDER BY m.position) AS after,
           m.amount
    FROM unnest($1::bigint[], $2::uuid[], $3::date[], $4::boolean[], $5::bigint[])
        AS m (position, order_id, day, is_refund, amount)
    JOIN {schema}.orders AS o USING (order_id)
    -- Money that moved before its order was placed is of no line, whether both are in one batch or not.
    WHERE o.total > 0 AND m.position > o.placed
), parts AS (
    SELECT m.day, m.currency, m.is_refund, m.position, l.line, l.product_id, l.units, l.amount AS whole, l.tax,
           div(m.after * (l.before + l.amount), m.total) - div(m.after * l.before, m.total) AS after,
           div((m.after - m.amount) * (l.before + l.amount), m.total)
               - div((m.after - m.amount) * l.before, m.total) AS before
    FROM moves AS m
    JOIN {schema}.lines AS l USING (order_id)
), shares AS (
    SELECT day, currency, is_refund, position, product_id, units, after - before AS amount,
           CASE WHEN whole = 0 THEN 0 ELSE div(after * tax, whole) - div(before * tax, whole) END AS tax
    FROM parts
), sums AS (
    SELECT day, currency, product_id,
           count(DISTINCT position) FILTER (WHERE NOT is_refund) AS orders,
           coalesce(sum(units) FILTER (WHERE NOT is_refund), 0)  AS units,
           coalesce(sum(amount) FILTER (WHERE NOT is_refund), 0) AS revenue,
           coalesce(sum(tax) FILTER (WHERE NOT is_refund), 0)    AS tax,
           count(DISTINCT position) FILTER (WHERE is_refund)     AS refunds,
           coalesce(sum(amount) FILTER (WHERE is_refund), 0)     AS refunded,
           coalesce(sum(tax) FILTER (WHERE is_refund), 0)        AS refunded_tax
    FROM shares
    GROUP BY day, currency, product_id
), taxed AS (
    INSERT INTO {schema}.days AS d (
        day, currency, orders, charges, revenue, charged, tax, refunds, refunded, refunded_tax
    )
    SELECT day, currency, 0, 0, 0, 0, sum(tax), 0, 0, sum(refunded_tax)
    FROM sums
    GROUP BY day, currency
    ON CONFLICT ON CONSTRAINT days_pkey DO UPDATE
    SET tax          = d.tax + excluded.tax,
        refunded_tax = d.refunded_tax + excluded.refunded_tax
)
INSERT INTO {schema}.product_days AS d (
    day, currency, product_id, orders, units, revenue, tax, refunds, refunded, refunded_tax
)
SELECT day, currency, product_id, orders, units, revenue, tax, refunds, refunded, refunded_tax
FROM sums
ON CONFLICT ON CONSTRAINT product_days_pkey DO UPDATE
SET orders       = d.orders + excluded.orders,
    units        = d.units + excluded.units,
    revenue      = d.revenue + excluded.revenue,
    tax          = d.tax + excluded.tax,
    refunds      = d.refunds + excluded.refunds,
    refunded     = d.refunded + excluded.refunded,
    refunded_tax = d.refunded_tax + excluded.refunded_tax
