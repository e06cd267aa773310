UPDATE {schema}.refunds AS f
SET state        = 'failed',
    failure_code = r.failure_code,
    updated_at   = r.at
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) AS r (payment_id, refund_id, failure_code, at)
WHERE (f.payment_id, f.refund_id) = (r.payment_id, r.refund_id)
