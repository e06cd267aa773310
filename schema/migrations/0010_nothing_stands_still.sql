-- Process managers that hang are replaced, and timers ring by the clock although the log's time is ahead of it.

ALTER TABLE process_checkpoints ADD COLUMN tenure bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN process_checkpoints.tenure IS
    'Counts the copies that took the process manager over. A save of an earlier one is refused.';

ALTER TABLE process_timers ADD COLUMN rings_at timestamp with time zone;
COMMENT ON COLUMN process_timers.due_at IS
    'In the time of the log, which its process reckons in. It also names what follows from the timer.';
COMMENT ON COLUMN process_timers.rings_at IS
    'By the clock, when the log was ahead of it as the timer was set. Null: when it is due.';

DROP INDEX process_timers_due_idx;
CREATE INDEX process_timers_rings_idx ON process_timers (manager, (coalesce(rings_at, due_at)));
