-- Forgets processes that ended, oldest first; not those with an action that waits for people.
-- $1 manager, $2 seconds since they ended, $3 the most to forget
DELETE FROM processes AS p
USING (
    SELECT e.process_id FROM processes AS e
    WHERE e.manager = $1 AND e.ended_at < now() - $2::float8 * interval '1 second'
      AND NOT EXISTS (SELECT FROM process_outbox AS o WHERE o.manager = $1 AND o.process_id = e.process_id)
      AND NOT EXISTS (SELECT FROM process_timers AS t WHERE t.manager = $1 AND t.process_id = e.process_id)
    ORDER BY e.ended_at
    LIMIT $3
) AS ended
WHERE p.manager = $1 AND p.process_id = ended.process_id
