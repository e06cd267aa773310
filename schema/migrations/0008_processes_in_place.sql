-- A process is rewritten at each of its events. An index on when that was made every such write one into
-- all indexes; when a process ended is known once.

ALTER TABLE processes ADD COLUMN ended_at timestamp with time zone;
COMMENT ON COLUMN processes.ended_at IS 'When nothing could happen to the process any more; null until then.';
UPDATE processes SET ended_at = updated_at WHERE over;

DROP INDEX processes_over_idx;
CREATE INDEX processes_ended_idx ON processes (manager, ended_at) WHERE ended_at IS NOT NULL;
