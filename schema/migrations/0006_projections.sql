-- Read models: builds that end at a position, indexes made after filling, and what operators decided.

ALTER TABLE projection_generations
    ADD COLUMN up_to   bigint,
    ADD COLUMN indexed boolean NOT NULL DEFAULT false,
    ADD COLUMN rate    double precision;
-- Whatever was built before has its indexes from the beginning.
UPDATE projection_generations SET indexed = true;
-- History as it was is compared and exported, and never shown to readers as the present.
ALTER TABLE projection_generations
    ADD CONSTRAINT projection_generations_up_to_check
    CHECK (up_to IS NULL OR (up_to >= 0 AND position <= up_to AND state IN ('building', 'ready', 'failed')));
COMMENT ON COLUMN projection_generations.up_to IS
    'Null for a build that follows the log; otherwise it ends with the event at this position.';
COMMENT ON COLUMN projection_generations.indexed IS
    'False while the tables are being filled for the first time, without their secondary indexes.';
COMMENT ON COLUMN projection_generations.rate IS 'Positions per second between the last two heartbeats.';

-- Builds up to a position stand beside each other and beside the one that is to become live.
DROP INDEX projection_generations_one_building;
CREATE UNIQUE INDEX projection_generations_one_building
    ON projection_generations (projection, place) WHERE state IN ('building', 'ready') AND up_to IS NULL;

CREATE TABLE projection_decisions (
    id         bigint                   GENERATED ALWAYS AS IDENTITY,
    projection text                     NOT NULL,
    action     text                     NOT NULL,
    generation int,
    position   bigint,
    actor      text                     NOT NULL,
    reason     text                     NOT NULL,
    login      text                     NOT NULL DEFAULT session_user,
    decided_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT projection_decisions_pkey PRIMARY KEY (id),
    CONSTRAINT projection_decisions_action_check
        CHECK (action IN ('skip', 'retry', 'pause', 'resume', 'switch', 'rollback', 'drop')),
    CONSTRAINT projection_decisions_position_check
        CHECK ((action IN ('skip', 'retry')) = (position IS NOT NULL))
);
COMMENT ON TABLE projection_decisions IS
    'What operators decided about read models: who, when and why. Only ever added to.';
COMMENT ON COLUMN projection_decisions.position IS
    'The event that is left out (skip) or taken in after all (retry); the newest decision counts.';
CREATE INDEX projection_decisions_by_projection ON projection_decisions (projection, id DESC);

CREATE TRIGGER projection_decisions_are_append_only
    BEFORE UPDATE OR DELETE ON projection_decisions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON projection_decisions TO souk_projector;
GRANT SELECT ON projection_decisions TO souk_auditor;
