-- Takes actions whose next try is due into hand: no time of a next try means that a runner has it.
-- $1 manager, $2 the most to take, $3 the tenure: a copy that is not the working one any more takes nothing
UPDATE process_outbox AS o SET next_attempt_at = NULL
FROM (
    SELECT process_id, key FROM process_outbox
    WHERE manager = $1 AND state = 'pending' AND next_attempt_at <= now()
      AND EXISTS (SELECT FROM process_checkpoints WHERE manager = $1 AND tenure = $3)
    ORDER BY next_attempt_at
    LIMIT $2
    FOR UPDATE
) AS due
WHERE o.manager = $1 AND o.process_id = due.process_id AND o.key = due.key
RETURNING o.process_id, o.position, o.index, o.key, o.action::text, o.metadata::text, o.attempts
