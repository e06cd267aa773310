-- The sagas of some orders: their processes, and the troubles of their own actions and of their payments.
-- $1 orders, $2 the manager of orders, $3 the manager of payments, $4 where a state names its payment
WITH saga AS (
    SELECT process_id AS order_id, status, step, state #>> $4 AS payment_id
    FROM processes
    WHERE manager = $2 AND process_id = ANY ($1)
),
parts AS (
    SELECT order_id, $2::text AS manager, order_id AS process_id FROM saga
    UNION ALL
    SELECT order_id, $3::text, payment_id FROM saga WHERE payment_id IS NOT NULL
),
troubles AS (
    SELECT parts.order_id, o.attempts, o.next_attempt_at, o.last_error, o.position
    FROM process_outbox AS o
    JOIN parts ON o.manager = parts.manager AND o.process_id = parts.process_id
    WHERE o.last_error IS NOT NULL
),
deadlines AS (
    SELECT order_id, min(due_at) AS deadline
    FROM (
        SELECT order_id, next_attempt_at AS due_at FROM troubles
        UNION ALL
        SELECT parts.order_id, coalesce(t.rings_at, t.due_at)
        FROM process_timers AS t
        JOIN parts ON t.manager = parts.manager AND t.process_id = parts.process_id
    ) AS dues
    GROUP BY order_id
)
SELECT saga.order_id, saga.status AS state, saga.step, coalesce(worst.tries, 0) AS tries, deadlines.deadline,
       worst.last_error
FROM saga
LEFT JOIN deadlines USING (order_id)
LEFT JOIN (
    SELECT order_id, max(attempts) AS tries, (array_agg(last_error ORDER BY position DESC))[1] AS last_error
    FROM troubles
    GROUP BY order_id
) AS worst USING (order_id)
