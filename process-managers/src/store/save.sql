-- One save: moves the checkpoint, and only if it is where this runner left it and its tenure goes on,
-- everything else.
-- $1 manager, $2 the checkpoint as it should be, $3 as it will be, $27 the tenure
WITH moved AS (
    UPDATE process_checkpoints SET position = $3, updated_at = now()
    WHERE manager = $1 AND position = $2 AND tenure = $27
    RETURNING manager
),
-- $4 to $10: the processes that reacted
reacted AS (
    INSERT INTO processes (manager, process_id, state, status, step, over, position, updated_at, ended_at)
    SELECT moved.manager, p.process_id, p.state::json, p.status, p.step, p.over, p.position, p.updated_at,
           CASE WHEN p.over THEN p.updated_at END
    FROM moved, unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bool[], $9::bigint[], $10::timestamptz[])
        AS p (process_id, state, status, step, over, position, updated_at)
    ON CONFLICT ON CONSTRAINT processes_pkey DO UPDATE
    SET state = excluded.state, status = excluded.status, step = excluded.step, over = excluded.over,
        position = excluded.position, updated_at = excluded.updated_at, ended_at = excluded.ended_at
),
-- $11 to $16: what was begun and is not known to be done
queued AS (
    INSERT INTO process_outbox (manager, process_id, key, position, index, action, metadata)
    SELECT moved.manager, a.process_id, a.key, a.position, a.index, a.action::json, a.metadata::json
    FROM moved, unnest($11::text[], $12::uuid[], $13::bigint[], $14::int[], $15::text[], $16::text[])
        AS a (process_id, key, position, index, action, metadata)
),
-- $17 and $18: what was done in the meantime. Each row is looked up by itself: as a join, planned while the
-- table is empty, this compares every row of the manager with every row of the list.
done AS (
    DELETE FROM process_outbox AS o
    USING moved, unnest($17::text[], $18::uuid[]) AS d (process_id, key)
    WHERE o.ctid = (
        SELECT found.ctid FROM process_outbox AS found
        WHERE found.manager = moved.manager AND found.process_id = d.process_id AND found.key = d.key
    )
),
-- $19 to $24: timers that were set. The time of the log never goes back, so after the clock was wrong it may be
-- an hour ahead: then a timer rings as long after this moment as it is due after it was set.
set_timers AS (
    INSERT INTO process_timers (manager, process_id, name, due_at, rings_at, position, metadata)
    SELECT moved.manager, t.process_id, t.name, t.due_at,
           CASE WHEN t.set_at > now() THEN now() + (t.due_at - t.set_at) END,
           t.position, t.metadata::json
    FROM moved, unnest($19::text[], $20::text[], $21::timestamptz[], $22::timestamptz[], $23::bigint[], $24::text[])
        AS t (process_id, name, set_at, due_at, position, metadata)
    ON CONFLICT ON CONSTRAINT process_timers_pkey DO UPDATE
    SET due_at = excluded.due_at, rings_at = excluded.rings_at, position = excluded.position,
        metadata = excluded.metadata
),
-- $25 and $26: timers that rang or were cancelled, found in the same way
dropped_timers AS (
    DELETE FROM process_timers AS t
    USING moved, unnest($25::text[], $26::text[]) AS d (process_id, name)
    WHERE t.ctid = (
        SELECT found.ctid FROM process_timers AS found
        WHERE found.manager = moved.manager AND found.process_id = d.process_id AND found.name = d.name
    )
)
SELECT EXISTS (SELECT FROM moved), now()
