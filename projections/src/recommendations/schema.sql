-- Each pair twice, once from either side.
CREATE TABLE {schema}.pairs (
    product_id uuid   NOT NULL,
    other_id   uuid   NOT NULL,
    orders     bigint NOT NULL,
    CONSTRAINT pairs_pkey PRIMARY KEY (product_id, other_id)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.products (
    product_id uuid   NOT NULL,
    orders     bigint NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (product_id)
) WITH (fillfactor = 80);
