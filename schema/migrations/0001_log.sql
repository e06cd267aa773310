-- The log: append-only events with dense, commit-ordered positions.

-- That a role is granted already is no news.
SET LOCAL client_min_messages = warning;

-- Roles are shared by the whole server, so another database may have made them, perhaps just now.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['souk_writer', 'souk_projector', 'souk_auditor'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
        -- Whoever migrates also runs the services, which take these roles on.
        BEGIN
            EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
        EXCEPTION
            WHEN unique_violation OR internal_error THEN NULL;
        END;
    END LOOP;
END
$$;

-- The first seven columns are those of postgres-es, so that any cqrs-es repository can read the table.
-- payload and metadata are json and not jsonb: the bytes written are the bytes audited.
CREATE TABLE events (
    aggregate_type text                     NOT NULL,
    aggregate_id   text                     NOT NULL,
    sequence       bigint                   NOT NULL,
    event_type     text                     NOT NULL,
    event_version  text                     NOT NULL,
    payload        json                     NOT NULL,
    metadata       json                     NOT NULL,
    position       bigint                   NOT NULL,
    recorded_at    timestamp with time zone NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (aggregate_type, aggregate_id, sequence),
    CONSTRAINT events_position_key UNIQUE (position),
    CONSTRAINT events_sequence_check CHECK (sequence >= 1),
    CONSTRAINT events_position_check CHECK (position >= 1)
);
COMMENT ON TABLE events IS 'Every fact, for ever. Written by append_events alone.';

-- Texts of this size do not gain from compression, and the log is read far more often than written.
ALTER TABLE events ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE TABLE log_head (
    singleton   boolean                  NOT NULL DEFAULT true,
    position    bigint                   NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT log_head_pkey PRIMARY KEY (singleton),
    CONSTRAINT log_head_singleton_check CHECK (singleton)
) WITH (fillfactor = 10);
COMMENT ON TABLE log_head IS 'The newest position. Its one row is the lock that puts writers in order.';
INSERT INTO log_head (position, recorded_at) VALUES (0, '-infinity');

CREATE TABLE command_keys (
    key            text   NOT NULL,
    fingerprint    bytea  NOT NULL,
    aggregate_type text   NOT NULL,
    aggregate_id   text   NOT NULL,
    sequence       bigint NOT NULL,
    position       bigint NOT NULL,
    CONSTRAINT command_keys_pkey PRIMARY KEY (key)
);
COMMENT ON TABLE command_keys IS 'What each key was used for: a command with a key is done only once.';

CREATE TABLE claims (
    scope          text NOT NULL,
    value          text NOT NULL,
    aggregate_type text NOT NULL,
    aggregate_id   text NOT NULL,
    CONSTRAINT claims_pkey PRIMARY KEY (scope, value)
);
COMMENT ON TABLE claims IS 'Values that one aggregate holds alone. Derived from events.';

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER events_are_append_only
    BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_are_not_truncated
    BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- Without these a replica or a restore could switch the triggers off silently.
ALTER TABLE events ENABLE ALWAYS TRIGGER events_are_append_only;
ALTER TABLE events ENABLE ALWAYS TRIGGER events_are_not_truncated;

-- Appends a batch: some streams (s_), their events (e_), keys (k_) and claims (c_).
--
-- e_stream, k_stream and c_stream count the streams from 1. k_event is the place within the batch of
-- the last event of the command that the key belongs to, or 0 when the command wrote none. All
-- arrays of a group are of one length.
--
-- A stream is accepted or refused as a whole; streams do not influence each other. One row comes back
-- for the batch (stream 0: the position before its first event) and one for each reason against a stream.
--
-- The lock on log_head is held until commit, so positions are in the order of commits and have no
-- gaps. It must be taken by a statement of its own: a statement's snapshot is older than the locks it
-- waits for, and the checks after it must see what the previous holder committed. That each statement
-- of this function has a fresh snapshot needs READ COMMITTED.
CREATE FUNCTION append_events(
    s_type text[], s_id text[], s_expected bigint[],
    e_stream int[], e_sequence bigint[], e_type text[], e_version text[], e_payload text[], e_metadata text[],
    k_stream int[], k_key text[], k_fingerprint bytea[], k_sequence bigint[], k_event int[],
    c_stream int[], c_scope text[], c_value text[]
) RETURNS TABLE (
    stream int, verdict text, number bigint, name text, detail text,
    fingerprint bytea, aggregate_type text, aggregate_id text, stored_sequence bigint
)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
-- Compiling costs more than the few milliseconds that a batch takes, and its plan is always the same.
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    head     log_head%ROWTYPE;
    refused  int[] := '{}';
    these    int[];
    appended bigint;
    now      timestamp with time zone;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'append_events needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
    END IF;

    SELECT singleton, position, recorded_at INTO head.singleton, head.position, head.recorded_at
    FROM log_head FOR UPDATE;

    -- A key that is known: the command was done already.
    IF cardinality(k_key) > 0 THEN
        RETURN QUERY
            SELECT k.stream, 'key', stored.position, k.key, NULL::text,
                   stored.fingerprint, stored.aggregate_type, stored.aggregate_id, stored.sequence
            FROM unnest(k_stream, k_key) AS k (stream, key)
            JOIN command_keys AS stored ON stored.key = k.key;
        IF FOUND THEN
            SELECT array_agg(k.stream) INTO these
            FROM unnest(k_stream, k_key) AS k (stream, key)
            JOIN command_keys AS stored ON stored.key = k.key;
            refused := refused || these;
        END IF;
    END IF;

    -- A value that another aggregate holds.
    IF cardinality(c_value) > 0 THEN
        RETURN QUERY
            SELECT c.stream, 'claim', NULL::bigint, c.scope, c.value,
                   NULL::bytea, held.aggregate_type, held.aggregate_id, NULL::bigint
            FROM unnest(c_stream, c_scope, c_value) AS c (stream, scope, value)
            JOIN claims AS held ON held.scope = c.scope AND held.value = c.value
            WHERE (held.aggregate_type, held.aggregate_id) <> (s_type[c.stream], s_id[c.stream]);
        IF FOUND THEN
            SELECT array_agg(c.stream) INTO these
            FROM unnest(c_stream, c_scope, c_value) AS c (stream, scope, value)
            JOIN claims AS held ON held.scope = c.scope AND held.value = c.value
            WHERE (held.aggregate_type, held.aggregate_id) <> (s_type[c.stream], s_id[c.stream]);
            refused := refused || these;
        END IF;
    END IF;

    -- A stream that is not where the decision believed it to be.
    SELECT array_agg(s.stream) INTO these
    FROM unnest(s_type, s_id, s_expected) WITH ORDINALITY AS s (type, id, expected, stream)
    CROSS JOIN LATERAL (
        SELECT coalesce(max(e.sequence), 0) AS actual FROM events AS e
        WHERE e.aggregate_type = s.type AND e.aggregate_id = s.id
    ) AS newest
    WHERE newest.actual <> s.expected;
    IF these IS NOT NULL THEN
        RETURN QUERY
            SELECT f.stream, 'conflict', (
                       SELECT coalesce(max(e.sequence), 0) FROM events AS e
                       WHERE e.aggregate_type = s_type[f.stream] AND e.aggregate_id = s_id[f.stream]
                   ), NULL::text, NULL::text, NULL::bytea, NULL::text, NULL::text, NULL::bigint
            FROM unnest(these) AS f (stream);
        refused := refused || these;
    END IF;

    now := greatest(clock_timestamp(), head.recorded_at);
    INSERT INTO events (
        aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
        position, recorded_at
    )
    SELECT s_type[e.stream], s_id[e.stream], e.sequence, e.type, e.version, e.payload::json, e.metadata::json,
           head.position + row_number() OVER (ORDER BY e.place), now
    FROM unnest(e_stream, e_sequence, e_type, e_version, e_payload, e_metadata)
        WITH ORDINALITY AS e (stream, sequence, type, version, payload, metadata, place)
    WHERE e.stream <> ALL (refused)
    ORDER BY e.place;
    GET DIAGNOSTICS appended = ROW_COUNT;

    IF cardinality(k_key) > 0 THEN
        -- The position of a command is that of its last event; of one without events, the head.
        INSERT INTO command_keys (key, fingerprint, aggregate_type, aggregate_id, sequence, position)
        SELECT k.key, k.fingerprint, s_type[k.stream], s_id[k.stream], k.sequence,
               CASE WHEN k.event = 0 THEN head.position + appended
                    WHEN cardinality(refused) = 0 THEN head.position + k.event
                    ELSE head.position + k.event - (
                        SELECT count(*) FROM unnest(e_stream[1:k.event]) AS before (stream)
                        WHERE before.stream = ANY (refused)
                    )
               END
        FROM unnest(k_stream, k_key, k_fingerprint, k_sequence, k_event)
            AS k (stream, key, fingerprint, sequence, event)
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
        UPDATE log_head SET position = head.position + appended, recorded_at = now;
        -- Notifying transactions commit one at a time; these do so anyway.
        PERFORM pg_notify('souk_log', (head.position + appended)::text);
    END IF;

    RETURN QUERY SELECT 0, 'batch', head.position, NULL::text, NULL::text,
                        NULL::bytea, NULL::text, NULL::text, NULL::bigint;
END
$$;

-- Least privilege: the writer appends by the function alone and can neither change nor skip anything.
REVOKE ALL ON FUNCTION append_events FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO souk_writer, souk_projector, souk_auditor;
GRANT SELECT ON events, log_head, command_keys, claims TO souk_writer, souk_auditor;
GRANT SELECT ON events, log_head TO souk_projector;
GRANT EXECUTE ON FUNCTION append_events TO souk_writer;
