INSERT INTO {schema}.refunds AS f (
    payment_id, refund_id, amount, currency, reason, state, failure_code, borne_by, asked_at, updated_at, asked
)
SELECT payment_id, refund_id, amount, currency, reason, state, failure_code, borne_by, asked_at, updated_at, asked
FROM unnest(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::timestamptz[], $10::timestamptz[], $11::bigint[]
) AS r (
    payment_id, refund_id, amount, currency, reason, state, failure_code, borne_by, asked_at, updated_at, asked
)
-- A refund that failed may be asked for once more under the same identifier; it stays where it is in the list.
-- What reports a refund gives no reason, so that of the request stays.
ON CONFLICT ON CONSTRAINT refunds_pkey DO UPDATE
SET amount       = excluded.amount,
    borne_by     = excluded.borne_by,
    state        = excluded.state,
    failure_code = excluded.failure_code,
    reason       = coalesce(excluded.reason, f.reason),
    updated_at   = excluded.updated_at
