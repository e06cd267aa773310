-- Timers of processes; the outbox found by process; what was given up for good.

CREATE TABLE process_timers (
    manager    text                     NOT NULL,
    process_id text                     NOT NULL,
    name       text                     NOT NULL,
    due_at     timestamp with time zone NOT NULL,
    position   bigint                   NOT NULL,
    metadata   json                     NOT NULL,
    CONSTRAINT process_timers_pkey PRIMARY KEY (manager, process_id, name)
-- A timer is put off while its process moves on, and most are cancelled long before they ring.
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
COMMENT ON TABLE process_timers IS 'When processes want to be woken.';
COMMENT ON COLUMN process_timers.position IS 'The event that set the timer, or that set the one which set it.';
COMMENT ON COLUMN process_timers.metadata IS 'Of that event, for the commands that follow when the timer rings.';

CREATE INDEX process_timers_due_idx ON process_timers (manager, due_at);

-- What a process has still to do is looked up by process. An action that a timer caused has no event of
-- its own, so the place of its cause no longer tells actions apart; the key always does. One index
-- instead of two also halves what an action costs on its short way through the table.
ALTER TABLE process_outbox
    DROP CONSTRAINT process_outbox_pkey,
    DROP CONSTRAINT process_outbox_key_key,
    ADD CONSTRAINT process_outbox_pkey PRIMARY KEY (manager, process_id, key);
COMMENT ON COLUMN process_outbox.position IS 'The event that caused the action, or that set the timer which caused it.';
COMMENT ON COLUMN process_outbox.index IS 'Which of the actions of that cause.';
COMMENT ON COLUMN process_outbox.key IS 'Derived from manager, cause and index: sent twice, it is done once.';

ALTER TABLE processes
    ADD COLUMN step text NOT NULL DEFAULT '',
    ADD COLUMN over boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN processes.step IS 'The last step that was taken, in one word.';
COMMENT ON COLUMN processes.over IS 'Nothing can happen to the process any more: its row may be deleted.';

CREATE INDEX processes_over_idx ON processes (manager, updated_at) WHERE over;

-- Rows are never changed: an auditor sees what was not done, who decided so, and why.
CREATE TABLE process_discards (
    manager      text                     NOT NULL,
    process_id   text                     NOT NULL,
    key          uuid                     NOT NULL,
    position     bigint                   NOT NULL,
    index        integer                  NOT NULL,
    action       json                     NOT NULL,
    attempts     integer                  NOT NULL,
    last_error   text                     NOT NULL,
    discarded_at timestamp with time zone NOT NULL DEFAULT now(),
    discarded_by text                     NOT NULL,
    reason       text                     NOT NULL,
    CONSTRAINT process_discards_pkey PRIMARY KEY (manager, process_id, key),
    CONSTRAINT process_discards_by_check CHECK (discarded_by <> ''),
    CONSTRAINT process_discards_reason_check CHECK (reason <> '')
);
COMMENT ON TABLE process_discards IS 'Actions that people gave up. What should have followed from them did not.';

GRANT SELECT, INSERT, UPDATE, DELETE ON process_timers TO souk_writer;
GRANT SELECT, INSERT ON process_discards TO souk_writer;
GRANT SELECT ON process_timers, process_discards TO souk_auditor;
