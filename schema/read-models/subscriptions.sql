-- The read model `subscriptions`, version 1.

-- The token of a card is a secret and is not kept here.
CREATE TABLE {schema}.subscriptions (
    subscription_id  uuid                     NOT NULL,
    customer_id      uuid                     NOT NULL,
    amount           bigint                   NOT NULL,
    currency         text                     NOT NULL,
    method           text                     NOT NULL,
    account_id       uuid,
    period_unit      text                     NOT NULL,
    period_count     int                      NOT NULL,
    status           text                     NOT NULL,
    -- Of the newest pause, also when the subscription was resumed.
    pause_reason     text,
    cancel_note      text,
    -- When the next charge, or the next try, is due. It stays as it is when the subscription ends.
    due_at           timestamp with time zone NOT NULL,
    paid_periods     bigint                   NOT NULL,
    started_at       timestamp with time zone NOT NULL,
    updated_at       timestamp with time zone NOT NULL,
    started_position bigint                   NOT NULL,
    position         bigint                   NOT NULL,
    sequence         bigint                   NOT NULL,
    CONSTRAINT subscriptions_pkey PRIMARY KEY (subscription_id)
) WITH (fillfactor = 80);

CREATE TABLE {schema}.charges (
    subscription_id uuid                     NOT NULL,
    payment_id      uuid                     NOT NULL,
    period          bigint                   NOT NULL,
    attempt         bigint                   NOT NULL,
    amount          bigint                   NOT NULL,
    currency        text                     NOT NULL,
    -- NULL while the charge is under way.
    outcome         text,
    failure_code    text,
    retry_at        timestamp with time zone,
    requested_at    timestamp with time zone NOT NULL,
    ended_at        timestamp with time zone,
    position        bigint                   NOT NULL,
    CONSTRAINT charges_pkey PRIMARY KEY (subscription_id, payment_id)
) WITH (fillfactor = 80);

-- After filling.
-- Lists are newest first; each filter that a list may have comes with the order of the list.
CREATE UNIQUE INDEX subscriptions_by_age ON {schema}.subscriptions (started_position DESC);
CREATE INDEX subscriptions_by_customer ON {schema}.subscriptions (customer_id, started_position DESC);
CREATE INDEX subscriptions_by_status ON {schema}.subscriptions (status, started_position DESC);
CREATE INDEX charges_by_payment ON {schema}.charges (payment_id);
CREATE INDEX charges_by_age ON {schema}.charges (subscription_id, position DESC);
