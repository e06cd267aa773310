-- The read model `recommendations`, version 2.

-- Each pair once, the lower id first: half as many rows to write.
CREATE TABLE {schema}.pairs (
    product_id uuid   NOT NULL,
    other_id   uuid   NOT NULL,
    orders     bigint NOT NULL,
    CONSTRAINT pairs_pkey PRIMARY KEY (product_id, other_id),
    CONSTRAINT pairs_order_check CHECK (product_id < other_id)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.products (
    product_id uuid   NOT NULL,
    orders     bigint NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (product_id)
) WITH (fillfactor = 80);

-- After filling.
-- A product is the second one of its pairs as often as the first.
CREATE INDEX pairs_by_other ON {schema}.pairs (other_id);
