-- The read model `payments`, version 1.

-- The token of a card is a secret and is not kept here.
CREATE TABLE {schema}.payments (
    payment_id        uuid                     NOT NULL,
    -- Of a subscription it is derived from that.
    order_id          uuid                     NOT NULL,
    customer_id       uuid                     NOT NULL,
    amount            bigint                   NOT NULL,
    currency          text                     NOT NULL,
    method            text                     NOT NULL,
    account_id        uuid,
    state             text                     NOT NULL,
    -- Why it was declined or could not be captured.
    failure_code      text,
    gateway_reference text,
    authorised        boolean                  NOT NULL,
    captured          bigint                   NOT NULL,
    refunded          bigint                   NOT NULL,
    requested_at      timestamp with time zone NOT NULL,
    updated_at        timestamp with time zone NOT NULL,
    position          bigint                   NOT NULL,
    sequence          bigint                   NOT NULL,
    CONSTRAINT payments_pkey PRIMARY KEY (payment_id)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.refunds (
    payment_id   uuid                     NOT NULL,
    refund_id    uuid                     NOT NULL,
    amount       bigint                   NOT NULL,
    currency     text                     NOT NULL,
    -- NULL for a refund that was made at the gateway itself.
    reason       text,
    state        text                     NOT NULL,
    failure_code text,
    borne_by     text                     NOT NULL,
    asked_at     timestamp with time zone NOT NULL,
    updated_at   timestamp with time zone NOT NULL,
    -- The event that asked for the refund, or that reported one nobody had asked for.
    asked        bigint                   NOT NULL,
    CONSTRAINT refunds_pkey PRIMARY KEY (payment_id, refund_id)
) WITH (fillfactor = 80);

-- After filling.
CREATE INDEX refunds_by_age ON {schema}.refunds (payment_id, asked DESC);
