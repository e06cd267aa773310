-- What auditors and analysts rely on: numbers of builds that name one build for ever, decisions that
-- cannot be emptied, stable names for the tables that readers use, and filters that do not scan the log.

-- A decision names a build by its number, so a number must never name a second build.
CREATE TABLE projection_numbers (
    projection text NOT NULL,
    place      text NOT NULL,
    last       int  NOT NULL,
    CONSTRAINT projection_numbers_pkey PRIMARY KEY (projection, place),
    CONSTRAINT projection_numbers_last_check CHECK (last >= 1)
);
COMMENT ON TABLE projection_numbers IS
    'The newest number that a build of a read model was given. Dropping the build does not free it.';

-- Decisions do not say where an index lay, so their numbers count for every place of the read model.
INSERT INTO projection_numbers (projection, place, last)
SELECT used.projection, used.place,
       greatest(used.last, (
           SELECT max(d.generation) FROM projection_decisions AS d WHERE d.projection = used.projection
       ))
FROM (
    SELECT projection, place, max(generation) AS last FROM projection_generations GROUP BY projection, place
) AS used;
INSERT INTO projection_numbers (projection, place, last)
SELECT projection, '', max(generation) FROM projection_decisions WHERE generation IS NOT NULL GROUP BY projection
ON CONFLICT ON CONSTRAINT projection_numbers_pkey DO NOTHING;

GRANT SELECT, INSERT, UPDATE ON projection_numbers TO souk_projector;
GRANT SELECT ON projection_numbers TO souk_auditor;

-- As for events: what is only ever added to cannot be emptied, by a replica or a restore neither.
CREATE TRIGGER projection_decisions_are_not_truncated
    BEFORE TRUNCATE ON projection_decisions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE projection_decisions ENABLE ALWAYS TRIGGER projection_decisions_are_append_only;
ALTER TABLE projection_decisions ENABLE ALWAYS TRIGGER projection_decisions_are_not_truncated;

-- Tables of read models change their schema with every build. The views here do not change their names.
CREATE SCHEMA souk_live AUTHORIZATION souk_projector;
COMMENT ON SCHEMA souk_live IS
    'The tables that readers use now, under names that stay: orders, orders_lines, sales_days and so on.';
GRANT USAGE ON SCHEMA souk_live TO souk_auditor;

ALTER TABLE projection_generations ADD COLUMN presented boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN projection_generations.presented IS
    'Whether the views of souk_live show this build. Its worker points them to a live build that they do not show.';

CREATE VIEW souk_live.read_models AS
SELECT projection, generation, schema_version, position, updated_at, switched_at
FROM projection_generations
WHERE state = 'live' AND place = '';
COMMENT ON VIEW souk_live.read_models IS
    'Which build of each read model the views of souk_live show, and up to which position of the log.';
GRANT SELECT ON souk_live.read_models TO souk_auditor;

-- Points the views of souk_live to the tables of a build: `orders` to the table of that name of the read
-- model orders, `orders_lines` to its table lines.
--
-- Called inside the transaction of a switch. A view is locked for that, and a statement that reads it holds
-- it: waiting is short, because the live build stands still meanwhile.
CREATE FUNCTION present_generation(generation_id bigint) RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
SET lock_timeout = '500ms'
AS $$
DECLARE
    shown     projection_generations%ROWTYPE;
    one       record;
    view_name text;
    statement text;
    views     text[] := '{}';
BEGIN
    SELECT * INTO STRICT shown FROM projection_generations WHERE id = generation_id;
    -- An index on a disk has no tables.
    IF shown.place = '' THEN
        FOR one IN
            SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
            FROM pg_class AS c
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relnamespace = to_regnamespace(shown.schema_name) AND c.relkind = 'r'
            GROUP BY c.relname
            ORDER BY c.relname
        LOOP
            view_name := shown.projection || CASE WHEN one.name = shown.projection THEN '' ELSE '_' || one.name END;
            views := views || view_name;
            statement := format(
                'CREATE OR REPLACE VIEW souk_live.%I AS SELECT %s FROM %I.%I',
                view_name, one.columns, shown.schema_name, one.name
            );
            BEGIN
                EXECUTE statement;
            EXCEPTION
                -- A new version of the read model has other columns.
                WHEN invalid_table_definition THEN
                    EXECUTE format('DROP VIEW souk_live.%I', view_name);
                    EXECUTE statement;
            END;
            EXECUTE format('GRANT SELECT ON souk_live.%I TO souk_auditor', view_name);
            EXECUTE format(
                'COMMENT ON VIEW souk_live.%I IS %L',
                view_name, format('%s of %s, generation %s', one.name, shown.projection, shown.generation)
            );
        END LOOP;
        -- Tables that a former version had.
        FOR view_name IN
            SELECT v.viewname FROM pg_views AS v
            WHERE v.schemaname = 'souk_live' AND v.viewname <> ALL (views)
              AND (v.viewname = shown.projection OR starts_with(v.viewname, shown.projection || '_'))
        LOOP
            EXECUTE format('DROP VIEW souk_live.%I', view_name);
        END LOOP;
    END IF;
    UPDATE projection_generations AS g SET presented = (g.id = generation_id)
    WHERE g.projection = shown.projection AND g.place = shown.place
      AND g.presented <> (g.id = generation_id);
END
$$;
REVOKE ALL ON FUNCTION present_generation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION present_generation TO souk_projector;

-- Who did something, and what followed from one request. A B-tree would cost a third of the throughput of
-- appends. These keep a few bytes for each 32 pages and touch nothing when an event is appended: a range is
-- summarised when it is full, and only its end is scanned until then.
CREATE INDEX events_correlation_idx ON events
    USING brin ((metadata ->> 'correlation_id') text_bloom_ops (n_distinct_per_range = 500))
    WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX events_actor_idx ON events
    USING brin ((metadata ->> 'actor') text_bloom_ops (n_distinct_per_range = 50))
    WITH (pages_per_range = 32, autosummarize = on);

-- The events of one request. To the planner the identifiers of requests are spread all over the log, so it
-- expects the index to exclude nothing and scans everything. Here it has no other way than the index.
CREATE FUNCTION events_of_request(request text) RETURNS SETOF events
LANGUAGE plpgsql
STABLE
SET search_path = public, pg_temp
SET enable_seqscan = off
SET enable_indexscan = off
SET jit = off
AS $$
BEGIN
    RETURN QUERY SELECT e.* FROM events AS e WHERE e.metadata ->> 'correlation_id' = request;
END
$$;
