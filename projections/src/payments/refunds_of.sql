-- The newest refunds of each payment, so that a payment with a thousand of them costs no more than another.
SELECT newest.payment_id, newest.refund_id, newest.amount, newest.currency, newest.reason, newest.state,
       newest.failure_code, newest.borne_by, newest.asked_at, newest.updated_at, newest.asked
FROM unnest($1::uuid[]) AS wanted (payment_id)
CROSS JOIN LATERAL (
    SELECT *
    FROM {schema}.refunds AS f
    WHERE f.payment_id = wanted.payment_id
    ORDER BY f.asked DESC
    LIMIT $2
) AS newest
ORDER BY newest.payment_id, newest.asked
