-- The saga of an order: its process, and the troubles of its own actions and of its payment.
-- $1 order, $2 the manager of orders, $3 the manager of payments
WITH saga AS (
    SELECT status, step, state -> 'Running' ->> 'payment_id' AS payment_id
    FROM processes
    WHERE manager = $2 AND process_id = $1
),
parts AS (
    SELECT $2::text AS manager, $1::text AS process_id
    UNION ALL
    SELECT $3::text, payment_id FROM saga WHERE payment_id IS NOT NULL
),
troubles AS (
    SELECT o.attempts, o.next_attempt_at, o.last_error, o.position
    FROM process_outbox AS o
    JOIN parts ON o.manager = parts.manager AND o.process_id = parts.process_id
    WHERE o.last_error IS NOT NULL
)
SELECT saga.status AS state, saga.step,
       coalesce((SELECT max(attempts) FROM troubles), 0) AS tries,
       (SELECT min(due_at)
        FROM (
            SELECT next_attempt_at AS due_at FROM troubles
            UNION ALL
            SELECT t.due_at FROM process_timers AS t
            JOIN parts ON t.manager = parts.manager AND t.process_id = parts.process_id
        ) AS deadlines) AS deadline,
       (SELECT last_error FROM troubles ORDER BY position DESC LIMIT 1) AS last_error
FROM saga
