CREATE TABLE {schema}.warehouses (
    code            text                     NOT NULL,
    name            text                     NOT NULL,
    location        text,
    status          text                     NOT NULL,
    opened_at       timestamp with time zone NOT NULL,
    updated_at      timestamp with time zone NOT NULL,
    opened_position bigint                   NOT NULL,
    position        bigint                   NOT NULL,
    sequence        bigint                   NOT NULL,
    CONSTRAINT warehouses_pkey PRIMARY KEY (code)
) WITH (fillfactor = 80);

-- After filling.
-- Lists are newest first.
CREATE UNIQUE INDEX warehouses_by_age ON {schema}.warehouses (opened_position DESC);
