UPDATE {schema}.charges AS c
SET outcome      = r.outcome,
    failure_code = r.failure_code,
    retry_at     = r.retry_at,
    ended_at     = r.at
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
    AS r (subscription_id, payment_id, outcome, failure_code, retry_at, at)
WHERE (c.subscription_id, c.payment_id) = (r.subscription_id, r.payment_id)
