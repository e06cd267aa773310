-- The read model `sales`, version 3.

-- What an order is worth and made of: the events that move its money do not say. `captured` and `refunded` are what
-- has moved of it since `placed`, the position of its event.
CREATE TABLE {schema}.orders (
    order_id uuid        NOT NULL,
    currency text        NOT NULL,
    placed   bigint      NOT NULL,
    total    bigint      NOT NULL,
    captured numeric(38) NOT NULL,
    refunded numeric(38) NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (order_id)
) WITH (fillfactor = 80);

-- `before` is the sum of the lines above: a part of the total is divided among the lines by these sums.
CREATE TABLE {schema}.lines (
    order_id   uuid     NOT NULL,
    line       smallint NOT NULL,
    product_id uuid     NOT NULL,
    units      bigint   NOT NULL,
    before     bigint   NOT NULL,
    amount     bigint   NOT NULL,
    tax        bigint   NOT NULL,
    CONSTRAINT lines_pkey PRIMARY KEY (order_id, line)
);

-- The money of a day: what was captured and refunded, of orders and of subscriptions (`charged`, a part of the
-- revenue). Sums of a shop may leave 64 bits.
CREATE TABLE {schema}.days (
    day          date        NOT NULL,
    currency     text        NOT NULL,
    orders       bigint      NOT NULL,
    charges      bigint      NOT NULL,
    revenue      numeric(38) NOT NULL,
    charged      numeric(38) NOT NULL,
    tax          numeric(38) NOT NULL,
    refunds      bigint      NOT NULL,
    refunded     numeric(38) NOT NULL,
    refunded_tax numeric(38) NOT NULL,
    CONSTRAINT days_pkey PRIMARY KEY (day, currency)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.product_days (
    day          date        NOT NULL,
    currency     text        NOT NULL,
    product_id   uuid        NOT NULL,
    orders       bigint      NOT NULL,
    units        numeric(38) NOT NULL,
    revenue      numeric(38) NOT NULL,
    tax          numeric(38) NOT NULL,
    refunds      bigint      NOT NULL,
    refunded     numeric(38) NOT NULL,
    refunded_tax numeric(38) NOT NULL,
    CONSTRAINT product_days_pkey PRIMARY KEY (day, currency, product_id)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.products (
    product_id uuid   NOT NULL,
    name       text   NOT NULL,
    categories text[] NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (product_id)
);
