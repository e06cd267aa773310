CREATE TABLE {schema}.prices (
    sku        text                     NOT NULL,
    currency   text                     NOT NULL,
    position   bigint                   NOT NULL,
    product_id uuid                     NOT NULL,
    amount     bigint                   NOT NULL,
    since      timestamp with time zone NOT NULL
);

-- After filling.
ALTER TABLE {schema}.prices ADD CONSTRAINT prices_pkey PRIMARY KEY (sku, currency, position);
-- The price of a time is found without the later ones.
CREATE INDEX prices_by_time ON {schema}.prices (sku, currency, since DESC, position DESC);
