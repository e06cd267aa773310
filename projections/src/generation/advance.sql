-- Compare and set: a worker that slept through a take-over knows an old position and moves nothing.
UPDATE projection_generations
SET position     = $3,
    updated_at   = now(),
    heartbeat_at = now(),
    error = NULL, error_position = NULL, error_at = NULL
FROM set_config('synchronous_commit', 'off', true) AS asynchronous
WHERE id = $1 AND position = $2 AND state IN ('building', 'ready', 'live')
