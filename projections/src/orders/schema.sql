CREATE TABLE {schema}.orders (
    order_id         uuid                     NOT NULL,
    customer_id      uuid                     NOT NULL,
    status           text                     NOT NULL,
    cancel_code      text,
    cancel_reason    text,
    currency         text                     NOT NULL,
    total            bigint                   NOT NULL,
    tax              bigint                   NOT NULL,
    payment_id       uuid                     NOT NULL,
    payment_method   text                     NOT NULL,
    account_id       uuid,
    carrier          text,
    tracking_number  text,
    shipping_address jsonb                    NOT NULL,
    placed_at        timestamp with time zone NOT NULL,
    updated_at       timestamp with time zone NOT NULL,
    placed_position  bigint                   NOT NULL,
    position         bigint                   NOT NULL,
    -- That of the newest event of the order, whether or not it changed its state.
    sequence         bigint                   NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (order_id)
) WITH (fillfactor = 85);

CREATE TABLE {schema}.lines (
    order_id    uuid     NOT NULL,
    line        smallint NOT NULL,
    sku         text     NOT NULL,
    product_id  uuid     NOT NULL,
    name        text     NOT NULL,
    quantity    bigint   NOT NULL,
    unit_price  bigint   NOT NULL,
    currency    text     NOT NULL,
    tax_rate_bp int      NOT NULL
);

-- Every step with its time and cause. Steps of the order itself are its dated states: they carry the
-- status and what came with it, so an order is shown as of any position without its events.
CREATE TABLE {schema}.timeline (
    order_id       uuid                     NOT NULL,
    position       bigint                   NOT NULL,
    step           text                     NOT NULL,
    detail         text,
    -- What the detail is made of, as a list of names and values; NULL when there is nothing to say.
    parameters     jsonb,
    status         text,
    cancel_code    text,
    carrier        text,
    aggregate_type text                     NOT NULL,
    aggregate_id   text                     NOT NULL,
    at             timestamp with time zone NOT NULL,
    actor          text                     NOT NULL,
    correlation_id text                     NOT NULL,
    causation_id   text
);

-- Goods that customers send back. The columns after `requested_position` say how the return ended, and what is refunded
-- for it now.
CREATE TABLE {schema}.returns (
    order_id           uuid                     NOT NULL,
    return_id          uuid                     NOT NULL,
    reason             text                     NOT NULL,
    requested          jsonb                    NOT NULL,
    exchange_order_id  uuid,
    requested_at       timestamp with time zone NOT NULL,
    requested_position bigint                   NOT NULL,
    outcome            text,
    rejection          text,
    taken_back         jsonb,
    refund             bigint,
    written_off        bigint,
    currency           text,
    ended_at           timestamp with time zone,
    ended_position     bigint,
    CONSTRAINT returns_pkey PRIMARY KEY (order_id, return_id)
) WITH (fillfactor = 80);

-- What is refunded for a return after each event that said so: the acceptance, and every reduction.
CREATE TABLE {schema}.refund_history (
    order_id    uuid   NOT NULL,
    return_id   uuid   NOT NULL,
    position    bigint NOT NULL,
    refund      bigint NOT NULL,
    written_off bigint NOT NULL
);

-- The units that came back, by order and SKU.
CREATE TABLE {schema}.returned_units (
    order_id uuid   NOT NULL,
    sku      text   NOT NULL,
    units    bigint NOT NULL,
    position bigint NOT NULL
);

-- After filling.
-- Lists are newest first; each filter that a list may have comes with the order of the list.
CREATE UNIQUE INDEX orders_by_age ON {schema}.orders (placed_position DESC);
CREATE INDEX orders_by_customer ON {schema}.orders (customer_id, placed_position DESC);
CREATE INDEX orders_by_status ON {schema}.orders (status, placed_position DESC);
CREATE INDEX orders_by_time ON {schema}.orders (placed_at);
ALTER TABLE {schema}.lines ADD CONSTRAINT lines_pkey PRIMARY KEY (order_id, line);
ALTER TABLE {schema}.timeline ADD CONSTRAINT timeline_pkey PRIMARY KEY (order_id, position);
CREATE INDEX returns_by_age ON {schema}.returns (order_id, requested_position DESC);
ALTER TABLE {schema}.refund_history
    ADD CONSTRAINT refund_history_pkey PRIMARY KEY (order_id, return_id, position);
ALTER TABLE {schema}.returned_units ADD CONSTRAINT returned_units_pkey PRIMARY KEY (order_id, sku, position);
