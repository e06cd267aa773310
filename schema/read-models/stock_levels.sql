-- The read model `stock_levels`, version 4.

CREATE TABLE {schema}.buckets (
    sku        text                     NOT NULL,
    warehouse  text                     NOT NULL,
    -- Empty for units without a batch number: a key has no NULL.
    lot        text                     NOT NULL,
    expires_on date,
    on_hand    bigint                   NOT NULL,
    reserved   bigint                   NOT NULL,
    -- None where a count found fewer units than are reserved.
    available  bigint                   GENERATED ALWAYS AS (greatest(on_hand - reserved, 0)) STORED,
    updated_at timestamp with time zone NOT NULL,
    position   bigint                   NOT NULL,
    CONSTRAINT buckets_pkey PRIMARY KEY (sku, warehouse, lot)
) WITH (fillfactor = 80);

-- How many units there were after each event that changed a bucket.
CREATE TABLE {schema}.bucket_history (
    sku       text                     NOT NULL,
    warehouse text                     NOT NULL,
    lot       text                     NOT NULL,
    position  bigint                   NOT NULL,
    on_hand   bigint                   NOT NULL,
    reserved  bigint                   NOT NULL,
    at        timestamp with time zone NOT NULL
);

-- After filling.
ALTER TABLE {schema}.bucket_history
    ADD CONSTRAINT bucket_history_pkey PRIMARY KEY (sku, warehouse, lot, position);
