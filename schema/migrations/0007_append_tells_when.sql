-- Whoever appends learns when the events were recorded, so that its own readers need not ask for them.

DROP FUNCTION append_events;

-- Appends a batch: some streams (s_), their events (e_), keys (k_) and claims (c_).
--
-- e_stream, k_stream and c_stream count the streams from 1. k_event is the place within the batch of
-- the last event of the command that the key belongs to, or 0 when the command wrote none. All
-- arrays of a group are of one length.
--
-- A stream is accepted or refused as a whole; streams do not influence each other. One row comes back
-- for the batch (stream 0: the position before its first event, and when it was recorded) and one for each reason against a stream.
--
-- The lock on log_head is held until commit, so positions are in the order of commits and have no
-- gaps. It must be taken by a statement of its own: a statement's snapshot is older than the locks it
-- waits for, and the checks after it must see what the previous holder committed. That each statement
-- of this function has a fresh snapshot needs READ COMMITTED.
--
-- Whatever is decided for each row costs throughput, for the lock is held meanwhile: so arrays are
-- unnested in the target list, where they are read in step and nothing is copied aside as it is in FROM; what was
-- refused is looked at only when something was; and the texts are JSON when they arrive, for to
-- check them is the work of the sender's connection before it holds the lock.
CREATE FUNCTION append_events(
    s_type text[], s_id text[], s_expected bigint[],
    e_stream int[], e_aggregate_type text[], e_aggregate_id text[], e_sequence bigint[],
    e_type text[], e_version text[], e_payload json[], e_metadata json[],
    k_stream int[], k_key text[], k_fingerprint bytea[], k_sequence bigint[], k_event int[],
    c_stream int[], c_scope text[], c_value text[]
) RETURNS TABLE (
    stream int, verdict text, number bigint, name text, detail text,
    fingerprint bytea, aggregate_type text, aggregate_id text, stored_sequence bigint,
    recorded_at timestamp with time zone
)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
-- Compiling costs more than the few milliseconds that a batch takes, and its plan is always the same.
SET jit = off
SET plan_cache_mode = force_generic_plan
-- The plan may be made while the tables are empty, and must hold when they are not.
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    wanted   bigint := cardinality(e_stream);
    appended bigint := wanted;
    refused  int[] := '{}';
    these    int[];
    before   bigint;
    now      timestamp with time zone;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'append_events needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
    END IF;

    -- As if nothing will be refused; seldom is anything.
    UPDATE log_head SET position = position + wanted, recorded_at = greatest(clock_timestamp(), recorded_at)
    RETURNING position - wanted, recorded_at INTO before, now;

    -- A key that is known: the command was done already.
    IF cardinality(k_key) > 0 THEN
        SELECT array_agg(k.stream) INTO these
        FROM (SELECT unnest(k_stream) AS stream, unnest(k_key) AS key) AS k
        WHERE EXISTS (SELECT FROM command_keys AS stored WHERE stored.key = k.key);
        IF these IS NOT NULL THEN
            RETURN QUERY
                SELECT k.stream, 'key', stored.position, k.key, NULL::text,
                       stored.fingerprint, stored.aggregate_type, stored.aggregate_id, stored.sequence,
                       NULL::timestamptz
                FROM unnest(k_stream, k_key) AS k (stream, key)
                JOIN command_keys AS stored ON stored.key = k.key;
            refused := refused || these;
        END IF;
    END IF;

    -- A value that another aggregate holds.
    IF cardinality(c_value) > 0 THEN
        SELECT array_agg(c.stream) INTO these
        FROM unnest(c_stream, c_scope, c_value) AS c (stream, scope, value)
        JOIN claims AS held ON held.scope = c.scope AND held.value = c.value
        WHERE (held.aggregate_type, held.aggregate_id) <> (s_type[c.stream], s_id[c.stream]);
        IF these IS NOT NULL THEN
            RETURN QUERY
                SELECT c.stream, 'claim', NULL::bigint, c.scope, c.value,
                       NULL::bytea, held.aggregate_type, held.aggregate_id, NULL::bigint, NULL::timestamptz
                FROM unnest(c_stream, c_scope, c_value) AS c (stream, scope, value)
                JOIN claims AS held ON held.scope = c.scope AND held.value = c.value
                WHERE (held.aggregate_type, held.aggregate_id) <> (s_type[c.stream], s_id[c.stream]);
            refused := refused || these;
        END IF;
    END IF;

    -- A stream that is not where the decision believed it to be.
    SELECT array_agg(s.stream) INTO these
    FROM (
        SELECT generate_series(1, cardinality(s_type)) AS stream,
               unnest(s_type) AS type, unnest(s_id) AS id, unnest(s_expected) AS expected
    ) AS s
    WHERE s.expected <> (
        SELECT coalesce(max(e.sequence), 0) FROM events AS e
        WHERE e.aggregate_type = s.type AND e.aggregate_id = s.id
    );
    IF these IS NOT NULL THEN
        RETURN QUERY
            SELECT f.stream, 'conflict', (
                       SELECT coalesce(max(e.sequence), 0) FROM events AS e
                       WHERE e.aggregate_type = s_type[f.stream] AND e.aggregate_id = s_id[f.stream]
                   ), NULL::text, NULL::text, NULL::bytea, NULL::text, NULL::text, NULL::bigint,
                   NULL::timestamptz
            FROM unnest(these) AS f (stream);
        refused := refused || these;
    END IF;

    IF cardinality(refused) = 0 THEN
        INSERT INTO events (
            aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
            position, recorded_at
        )
        SELECT unnest(e_aggregate_type), unnest(e_aggregate_id), unnest(e_sequence),
               unnest(e_type), unnest(e_version), unnest(e_payload), unnest(e_metadata),
               generate_series(before + 1, before + wanted), now;
    ELSE
        INSERT INTO events (
            aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
            position, recorded_at
        )
        SELECT e.aggregate_type, e.aggregate_id, e.sequence, e.type, e.version, e.payload, e.metadata,
               before + row_number() OVER (ORDER BY e.place), now
        FROM unnest(
            e_stream, e_aggregate_type, e_aggregate_id, e_sequence, e_type, e_version, e_payload, e_metadata
        ) WITH ORDINALITY
            AS e (stream, aggregate_type, aggregate_id, sequence, type, version, payload, metadata, place)
        WHERE e.stream <> ALL (refused)
        ORDER BY e.place;
        GET DIAGNOSTICS appended = ROW_COUNT;
        UPDATE log_head SET position = before + appended;
    END IF;

    IF cardinality(k_key) > 0 THEN
        -- The position of a command is that of its last event; of one without events, the head.
        INSERT INTO command_keys (key, fingerprint, aggregate_type, aggregate_id, sequence, position)
        SELECT k.key, k.fingerprint, s_type[k.stream], s_id[k.stream], k.sequence,
               CASE WHEN k.event = 0 THEN before + appended
                    WHEN cardinality(refused) = 0 THEN before + k.event
                    ELSE before + k.event - (
                        SELECT count(*) FROM unnest(e_stream[1:k.event]) AS earlier (stream)
                        WHERE earlier.stream = ANY (refused)
                    )
               END
        FROM (
            SELECT unnest(k_stream) AS stream, unnest(k_key) AS key, unnest(k_fingerprint) AS fingerprint,
                   unnest(k_sequence) AS sequence, unnest(k_event) AS event
        ) AS k
        WHERE k.stream <> ALL (refused);
    END IF;

    IF cardinality(c_value) > 0 THEN
        INSERT INTO claims (scope, value, aggregate_type, aggregate_id)
        SELECT c.scope, c.value, s_type[c.stream], s_id[c.stream]
        FROM unnest(c_stream, c_scope, c_value) AS c (stream, scope, value)
        WHERE c.stream <> ALL (refused)
        ON CONFLICT ON CONSTRAINT claims_pkey DO NOTHING;
    END IF;

    IF appended > 0 THEN
        -- Notifying transactions commit one at a time; these do so anyway.
        PERFORM pg_notify('souk_log', (before + appended)::text);
    END IF;

    stream := 0;
    verdict := 'batch';
    number := before;
    recorded_at := now;
    RETURN NEXT;
END
$$;

REVOKE ALL ON FUNCTION append_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION append_events TO souk_writer;
