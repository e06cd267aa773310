SELECT g.projection, g.place, g.generation, g.schema_version, g.schema_name, g.state, g.position,
       g.started_at, g.updated_at, g.heartbeat_at, g.error, g.error_position, g.error_at,
       head.position AS head,
       -- The age of the first event that the generation lacks.
       coalesce(extract(epoch FROM now() - missing.recorded_at), 0)::float8 AS lag_seconds
FROM projection_generations AS g
CROSS JOIN log_head AS head
LEFT JOIN events AS missing ON missing.position = g.position + 1
ORDER BY g.projection, g.place, g.generation
