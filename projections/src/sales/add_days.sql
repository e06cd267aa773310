INSERT INTO {schema}.days AS d (
    day, currency, orders, charges, revenue, charged, tax, refunds, refunded, refunded_tax
)
SELECT day, currency, orders, charges, revenue::numeric, charged::numeric, 0, refunds, refunded::numeric, 0
FROM unnest($1::date[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[])
    AS r (day, currency, orders, charges, revenue, charged, refunds, refunded)
ON CONFLICT ON CONSTRAINT days_pkey DO UPDATE
SET orders   = d.orders + excluded.orders,
    charges  = d.charges + excluded.charges,
    revenue  = d.revenue + excluded.revenue,
    charged  = d.charged + excluded.charged,
    refunds  = d.refunds + excluded.refunds,
    refunded = d.refunded + excluded.refunded
