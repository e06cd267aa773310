SELECT g.projection, g.place, g.generation, g.schema_version, g.schema_name, g.state, g.position, g.up_to,
       g.rate, g.started_at, g.updated_at, g.heartbeat_at, g.error, g.error_position, g.error_at,
       head.position AS head,
       -- The age of the first event that the generation lacks.
       coalesce(extract(epoch FROM now() - missing.recorded_at), 0)::float8 AS lag_seconds,
       coalesce(decided.paused, false) AS paused,
       coalesce(decided.skipped_events, 0) AS skipped_events
FROM projection_generations AS g
CROSS JOIN log_head AS head
LEFT JOIN events AS missing ON missing.position = g.position + 1
-- The newest decision counts: for the read model as a whole, and for each event.
LEFT JOIN LATERAL (
    SELECT bool_or(newest.action = 'pause') AS paused,
           count(*) FILTER (WHERE newest.action = 'skip') AS skipped_events
    FROM (
        SELECT DISTINCT ON (d.position) d.action
        FROM projection_decisions AS d
        WHERE d.projection = g.projection AND d.action IN ('skip', 'retry', 'pause', 'resume')
        ORDER BY d.position, d.id DESC
    ) AS newest
) AS decided ON true
ORDER BY g.projection, g.place, g.generation
