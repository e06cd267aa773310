-- Which builds of which read models there are, and how far each has come.

CREATE TABLE projection_generations (
    id              bigint                   GENERATED ALWAYS AS IDENTITY,
    projection      text                     NOT NULL,
    place           text                     NOT NULL,
    generation      int                      NOT NULL,
    schema_version  int                      NOT NULL,
    schema_name     text                     NOT NULL,
    state           text                     NOT NULL,
    position        bigint                   NOT NULL DEFAULT 0,
    started_at      timestamp with time zone NOT NULL DEFAULT now(),
    updated_at      timestamp with time zone NOT NULL DEFAULT now(),
    heartbeat_at    timestamp with time zone,
    switched_at     timestamp with time zone,
    error           text,
    error_position  bigint,
    error_at        timestamp with time zone,
    CONSTRAINT projection_generations_pkey PRIMARY KEY (id),
    CONSTRAINT projection_generations_number_key UNIQUE (projection, place, generation),
    CONSTRAINT projection_generations_state_check
        CHECK (state IN ('building', 'ready', 'live', 'retired', 'failed')),
    CONSTRAINT projection_generations_position_check CHECK (position >= 0)
    -- The checkpoint moves with every batch; room on the page keeps that out of the indexes.
) WITH (fillfactor = 50);
COMMENT ON TABLE projection_generations IS
    'Each row is one build of a read model: its checkpoint, and whether readers use it.';
COMMENT ON COLUMN projection_generations.place IS
    'Empty for tables in this database; an index on a disk names the data folder it lies in.';
COMMENT ON COLUMN projection_generations.position IS
    'Moved only together with the rows that belong to it, and only from the value its worker knew.';

-- Two live builds would be two truths; two that are being built would fight for the name.
CREATE UNIQUE INDEX projection_generations_one_live
    ON projection_generations (projection, place) WHERE state = 'live';
CREATE UNIQUE INDEX projection_generations_one_building
    ON projection_generations (projection, place) WHERE state IN ('building', 'ready');

-- Makes the schema of a generation. A projector may make these and no others, so it needs no right to
-- create schemas; and the right to a database would be lost where one is copied from a template.
CREATE FUNCTION create_projection_schema(schema_name text) RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    IF schema_name !~ '^[a-z][a-z_]{0,40}_g[0-9]{1,9}$' THEN
        RAISE EXCEPTION '% is not the name of a generation', schema_name
            USING ERRCODE = 'invalid_schema_name';
    END IF;
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION souk_projector', schema_name);
END
$$;

REVOKE ALL ON FUNCTION create_projection_schema FROM PUBLIC;
GRANT EXECUTE ON FUNCTION create_projection_schema TO souk_projector;
GRANT SELECT, INSERT, UPDATE, DELETE ON projection_generations TO souk_projector;
GRANT SELECT ON projection_generations TO souk_auditor;
