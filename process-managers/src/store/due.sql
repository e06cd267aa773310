-- Takes actions whose next try is due into hand: no time of a next try means that a runner has it.
-- $1 manager, $2 the most to take
UPDATE process_outbox AS o SET next_attempt_at = NULL
FROM (
    SELECT position, index FROM process_outbox
    WHERE manager = $1 AND state = 'pending' AND next_attempt_at <= now()
    ORDER BY next_attempt_at
    LIMIT $2
    FOR UPDATE
) AS due
WHERE o.manager = $1 AND o.position = due.position AND o.index = due.index
RETURNING o.position, o.index, o.process_id, o.action::text, o.key, o.metadata::text, o.attempts
