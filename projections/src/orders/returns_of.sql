-- The newest returns of each order, so that an order with a thousand of them costs no more than another.
SELECT t.order_id, wanted.up_to, t.return_id, t.reason, t.requested, t.exchange_order_id, t.requested_at,
       t.requested_position, t.outcome, t.rejection, t.taken_back, dated.refund, dated.written_off, t.currency,
       t.ended_at, t.ended_position, dated.position AS refund_position
FROM unnest($1::uuid[], $2::bigint[]) AS wanted (order_id, up_to)
CROSS JOIN LATERAL (
    SELECT *
    FROM {schema}.returns AS newest
    WHERE newest.order_id = wanted.order_id AND newest.requested_position <= wanted.up_to
    ORDER BY newest.requested_position DESC
    LIMIT $3
) AS t
-- What was refunded then: the return itself says what is refunded now.
LEFT JOIN LATERAL (
    SELECT h.position, h.refund, h.written_off
    FROM {schema}.refund_history AS h
    WHERE (h.order_id, h.return_id) = (t.order_id, t.return_id) AND h.position <= wanted.up_to
    ORDER BY h.position DESC
    LIMIT 1
) AS dated ON true
ORDER BY t.order_id, wanted.up_to, t.requested_position
