-- The newest returns of each order, so that an order with a thousand of them costs no more than another.
SELECT t.order_id, wanted.up_to, t.return_id, t.reason, t.requested, t.exchange_order_id, t.requested_at, t.requested_position,
       t.outcome, t.rejection, t.taken_back, t.refund, t.written_off, t.currency, t.ended_at, t.ended_position
FROM unnest($1::uuid[], $2::bigint[]) AS wanted (order_id, up_to)
CROSS JOIN LATERAL (
    SELECT *
    FROM {schema}.returns AS newest
    WHERE newest.order_id = wanted.order_id AND newest.requested_position <= wanted.up_to
    ORDER BY newest.requested_position DESC
    LIMIT $3
) AS t
ORDER BY t.order_id, wanted.up_to, t.requested_position
