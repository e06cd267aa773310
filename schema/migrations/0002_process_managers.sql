-- Process managers: the state of every process, what is still to be sent, and how far each manager came.

CREATE TABLE processes (
    manager    text                     NOT NULL,
    process_id text                     NOT NULL,
    state      json                     NOT NULL,
    status     text                     NOT NULL,
    position   bigint                   NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT processes_pkey PRIMARY KEY (manager, process_id)
-- A process is rewritten at each of its events: with room on the page that costs no index entry.
) WITH (fillfactor = 70);
COMMENT ON TABLE processes IS 'Every process with its state. Derived from events.';
COMMENT ON COLUMN processes.position IS 'The newest event that the state knows of.';
COMMENT ON COLUMN processes.updated_at IS 'When that event was recorded.';

-- A row leaves as soon as its action is done, so the table is as small as what is under way.
CREATE TABLE process_outbox (
    manager         text                     NOT NULL,
    position        bigint                   NOT NULL,
    index           integer                  NOT NULL,
    process_id      text                     NOT NULL,
    action          json                     NOT NULL,
    key             uuid                     NOT NULL,
    metadata        json                     NOT NULL,
    state           text                     NOT NULL DEFAULT 'pending',
    attempts        integer                  NOT NULL DEFAULT 0,
    next_attempt_at timestamp with time zone,
    last_error      text,
    CONSTRAINT process_outbox_pkey PRIMARY KEY (manager, position, index),
    CONSTRAINT process_outbox_key_key UNIQUE (key),
    CONSTRAINT process_outbox_index_check CHECK (index >= 0),
    CONSTRAINT process_outbox_state_check CHECK (state IN ('pending', 'parked')),
    CONSTRAINT process_outbox_parked_check CHECK (state = 'pending' OR last_error IS NOT NULL)
-- Every row dies young: cleared by number and not by share, or the share of an empty table is nothing.
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
COMMENT ON TABLE process_outbox IS 'What process managers want done and is not known to be done.';
COMMENT ON COLUMN process_outbox.position IS 'The event that caused the action.';
COMMENT ON COLUMN process_outbox.index IS 'Which of the actions that the event caused.';
COMMENT ON COLUMN process_outbox.key IS 'Derived from manager, position and index: sent twice, it is done once.';
COMMENT ON COLUMN process_outbox.metadata IS 'Of the command to be sent.';
COMMENT ON COLUMN process_outbox.next_attempt_at IS 'Null while a runner has the action in its hands.';

CREATE INDEX process_outbox_deferred_idx ON process_outbox (manager, next_attempt_at)
    WHERE state = 'pending' AND next_attempt_at IS NOT NULL;
CREATE INDEX process_outbox_parked_idx ON process_outbox (manager) WHERE state = 'parked';

CREATE TABLE process_checkpoints (
    manager    text                     NOT NULL,
    position   bigint                   NOT NULL,
    updated_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT process_checkpoints_pkey PRIMARY KEY (manager),
    CONSTRAINT process_checkpoints_position_check CHECK (position >= 0)
) WITH (fillfactor = 10);
COMMENT ON TABLE process_checkpoints IS 'The newest event that each process manager has reacted to.';

GRANT SELECT, INSERT, UPDATE, DELETE ON processes, process_outbox, process_checkpoints TO souk_writer;
GRANT SELECT ON processes, process_outbox, process_checkpoints TO souk_auditor;
