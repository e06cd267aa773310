INSERT INTO snapshots (aggregate_type, aggregate_id, version, sequence, state)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT ON CONSTRAINT snapshots_pkey DO UPDATE
SET version = excluded.version, sequence = excluded.sequence, state = excluded.state, taken_at = excluded.taken_at
-- Two processes may both keep one, and an older service may still be running.
WHERE (snapshots.version, snapshots.sequence) < (excluded.version, excluded.sequence)
