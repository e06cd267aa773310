-- The read model `customers`, version 3.

-- Whose an order is, and in which currency: later events of an order do not say.
CREATE TABLE {schema}.orders (
    order_id    uuid   NOT NULL,
    customer_id uuid   NOT NULL,
    currency    text   NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (order_id)
);

CREATE TABLE {schema}.customers (
    customer_id    uuid                     NOT NULL,
    orders         bigint                   NOT NULL,
    cancelled      bigint                   NOT NULL,
    first_order_at timestamp with time zone NOT NULL,
    last_order_at  timestamp with time zone NOT NULL,
    position       bigint                   NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (customer_id)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.spending (
    customer_id uuid        NOT NULL,
    currency    text        NOT NULL,
    paid_orders bigint      NOT NULL,
    -- Sums may leave 64 bits.
    spent       numeric(38) NOT NULL,
    refunded    numeric(38) NOT NULL,
    CONSTRAINT spending_pkey PRIMARY KEY (customer_id, currency)
) WITH (fillfactor = 80);

-- After filling.
CREATE INDEX customers_by_last_order ON {schema}.customers (position DESC);
