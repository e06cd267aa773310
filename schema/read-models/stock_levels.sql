-- The read model `stock_levels`, version 1.

CREATE TABLE {schema}.buckets (
    sku        text                     NOT NULL,
    warehouse  text                     NOT NULL,
    -- Empty for units without a batch number: a key has no NULL.
    lot        text                     NOT NULL,
    expires_on date,
    on_hand    bigint                   NOT NULL,
    reserved   bigint                   NOT NULL,
    available  bigint                   GENERATED ALWAYS AS (on_hand - reserved) STORED,
    updated_at timestamp with time zone NOT NULL,
    position   bigint                   NOT NULL,
    CONSTRAINT buckets_pkey PRIMARY KEY (sku, warehouse, lot)
) WITH (fillfactor = 80);
