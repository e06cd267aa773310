-- Moves parked actions from the outbox to those that people gave up.
-- $1 key, $2 process, $3 manager: null for any; $4 who, $5 why
WITH discarded AS (
    DELETE FROM process_outbox
    WHERE state = 'parked'
      AND ($1::uuid IS NULL OR key = $1)
      AND ($2::text IS NULL OR process_id = $2)
      AND ($3::text IS NULL OR manager = $3)
    RETURNING manager, process_id, key, position, index, action, attempts, last_error
)
INSERT INTO process_discards (
    manager, process_id, key, position, index, action, attempts, last_error, discarded_by, reason
)
SELECT manager, process_id, key, position, index, action, attempts, last_error, $4, $5
FROM discarded
