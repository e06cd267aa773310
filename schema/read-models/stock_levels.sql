-- The read model `stock_levels`, version 6.

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

-- One row for each SKU whose stock has events. It is low since `low_position`, and not low when that is NULL.
CREATE TABLE {schema}.skus (
    sku          text   NOT NULL,
    free         bigint NOT NULL,
    threshold    bigint,
    low_since    timestamp with time zone,
    low_position bigint,
    sequence     bigint NOT NULL,
    CONSTRAINT skus_pkey PRIMARY KEY (sku)
) WITH (fillfactor = 80);

-- After filling.
CREATE UNIQUE INDEX skus_by_low ON {schema}.skus (low_position DESC) WHERE low_position IS NOT NULL;
ALTER TABLE {schema}.bucket_history
    ADD CONSTRAINT bucket_history_pkey PRIMARY KEY (sku, warehouse, lot, position);
