CREATE TABLE {schema}.accounts (
    account_id uuid                     NOT NULL,
    owner_id   uuid                     NOT NULL,
    currency   text                     NOT NULL,
    booked     bigint                   NOT NULL,
    held       bigint                   NOT NULL,
    available  bigint                   GENERATED ALWAYS AS (booked - held) STORED,
    opened_at  timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    position   bigint                   NOT NULL,
    -- That of the newest event of the account, whether or not it changed its balance.
    sequence   bigint                   NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (account_id)
) WITH (fillfactor = 80);

-- What an account was worth after each event that changed it.
CREATE TABLE {schema}.account_history (
    account_id uuid                     NOT NULL,
    position   bigint                   NOT NULL,
    booked     bigint                   NOT NULL,
    held       bigint                   NOT NULL,
    at         timestamp with time zone NOT NULL
);

-- A movement is two rows, leg 1 on the account and leg 2 on its counter account. Each says what its
-- ledger account was worth after it and the how-many-eth entry of that it is.
CREATE TABLE {schema}.entries (
    position    bigint                   NOT NULL,
    leg         smallint                 NOT NULL,
    ledger      text                     NOT NULL,
    counter     text                     NOT NULL,
    currency    text                     NOT NULL,
    amount      bigint                   NOT NULL,
    balance     numeric(38)              NOT NULL,
    number      bigint                   NOT NULL,
    event_type  text                     NOT NULL,
    order_id    uuid,
    payment_id  uuid,
    reference   text,
    recorded_at timestamp with time zone NOT NULL,
    CONSTRAINT entries_leg_check CHECK (leg IN (1, 2))
);

-- The sums of each ledger account, so that a trial balance reads no entries. They may leave 64 bits: an account
-- of the shop has no limit.
CREATE TABLE {schema}.ledgers (
    ledger   text        NOT NULL,
    currency text        NOT NULL,
    balance  numeric(38) NOT NULL,
    entries  bigint      NOT NULL,
    CONSTRAINT ledgers_pkey PRIMARY KEY (ledger, currency)
) WITH (fillfactor = 80);

-- After filling.
CREATE INDEX accounts_by_owner ON {schema}.accounts (owner_id, currency);
ALTER TABLE {schema}.account_history ADD CONSTRAINT account_history_pkey PRIMARY KEY (account_id, position);
ALTER TABLE {schema}.entries ADD CONSTRAINT entries_pkey PRIMARY KEY (position, leg);
-- A statement is read newest first.
CREATE INDEX entries_by_ledger ON {schema}.entries (ledger, position DESC, leg DESC);
