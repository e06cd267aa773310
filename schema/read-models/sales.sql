-- The read model `sales`, version 2.

-- What an order is worth and made of: the event that pays it does not say.
CREATE TABLE {schema}.orders (
    order_id uuid   NOT NULL,
    currency text   NOT NULL,
    total    bigint NOT NULL,
    tax      bigint NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (order_id)
);

CREATE TABLE {schema}.lines (
    order_id   uuid     NOT NULL,
    line       smallint NOT NULL,
    product_id uuid     NOT NULL,
    units      bigint   NOT NULL,
    amount     bigint   NOT NULL,
    CONSTRAINT lines_pkey PRIMARY KEY (order_id, line)
);

CREATE TABLE {schema}.days (
    day      date   NOT NULL,
    currency text   NOT NULL,
    orders   bigint NOT NULL,
    revenue  bigint NOT NULL,
    tax      bigint NOT NULL,
    refunds  bigint NOT NULL,
    refunded bigint NOT NULL,
    CONSTRAINT days_pkey PRIMARY KEY (day, currency)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.product_days (
    day        date   NOT NULL,
    currency   text   NOT NULL,
    product_id uuid   NOT NULL,
    orders     bigint NOT NULL,
    units      bigint NOT NULL,
    revenue    bigint NOT NULL,
    CONSTRAINT product_days_pkey PRIMARY KEY (day, currency, product_id)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.products (
    product_id uuid   NOT NULL,
    name       text   NOT NULL,
    categories text[] NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (product_id)
);
