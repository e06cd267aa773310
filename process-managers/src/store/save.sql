-- One batch: moves the checkpoint, and only if it is where this runner left it, everything else.
-- $1 manager, $2 the checkpoint as it should be, $3 as it will be
WITH moved AS (
    UPDATE process_checkpoints SET position = $3, updated_at = now()
    WHERE manager = $1 AND position = $2
    RETURNING manager
),
-- $4 to $8: the processes that reacted
reacted AS (
    INSERT INTO processes (manager, process_id, state, status, position, updated_at)
    SELECT moved.manager, p.process_id, p.state::json, p.status, p.position, p.updated_at
    FROM moved, unnest($4::text[], $5::text[], $6::text[], $7::bigint[], $8::timestamptz[])
        AS p (process_id, state, status, position, updated_at)
    ON CONFLICT ON CONSTRAINT processes_pkey DO UPDATE
    SET state = excluded.state, status = excluded.status, position = excluded.position,
        updated_at = excluded.updated_at
),
-- $9 to $14: what is to be done
queued AS (
    INSERT INTO process_outbox (manager, position, index, process_id, action, key, metadata)
    SELECT moved.manager, a.position, a.index, a.process_id, a.action::json, a.key, a.metadata::json
    FROM moved, unnest($9::bigint[], $10::int[], $11::text[], $12::text[], $13::uuid[], $14::text[])
        AS a (position, index, process_id, action, key, metadata)
),
-- $15 and $16: what was done in the meantime
done AS (
    DELETE FROM process_outbox AS o
    USING moved, unnest($15::bigint[], $16::int[]) AS d (position, index)
    WHERE o.manager = moved.manager AND o.position = d.position AND o.index = d.index
)
SELECT count(*) FROM moved
