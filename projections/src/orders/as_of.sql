-- What never changes comes from the order itself, the rest from its newest step up to the position.
SELECT o.order_id, o.customer_id, state.status, ended.cancel_code, ended.detail AS cancel_reason, o.currency,
       o.total, o.tax, o.payment_id, o.payment_method, o.account_id, sent.carrier,
       sent.detail AS tracking_number, o.shipping_address, o.placed_at, state.at AS updated_at,
       o.placed_position, state.position,
       -- Only what is now can be changed.
       NULL::bigint AS sequence
FROM {schema}.orders AS o
CROSS JOIN LATERAL (
    SELECT t.status, t.at, t.position
    FROM {schema}.timeline AS t
    WHERE t.order_id = o.order_id AND t.position <= $2 AND t.status IS NOT NULL
    ORDER BY t.position DESC
    LIMIT 1
) AS state
LEFT JOIN LATERAL (
    SELECT t.cancel_code, t.detail
    FROM {schema}.timeline AS t
    WHERE t.order_id = o.order_id AND t.position <= $2 AND t.step = 'cancelled'
    ORDER BY t.position DESC
    LIMIT 1
) AS ended ON true
LEFT JOIN LATERAL (
    SELECT t.carrier, t.detail
    FROM {schema}.timeline AS t
    WHERE t.order_id = o.order_id AND t.position <= $2 AND t.step = 'shipped'
    ORDER BY t.position DESC
    LIMIT 1
) AS sent ON true
WHERE o.order_id = ANY ($1)
