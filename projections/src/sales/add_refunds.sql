INSERT INTO {schema}.days AS d (day, currency, orders, revenue, tax, refunds, refunded)
SELECT day, currency, 0, 0, 0, refunds, refunded
FROM unnest($1::date[], $2::text[], $3::bigint[], $4::bigint[]) AS r (day, currency, refunds, refunded)
ON CONFLICT ON CONSTRAINT days_pkey DO UPDATE
SET refunds  = d.refunds + excluded.refunds,
    refunded = d.refunded + excluded.refunded
