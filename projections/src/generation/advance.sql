-- Compare and set: a worker that slept through a take-over knows an old position and moves nothing.
UPDATE projection_generations
SET position     = $3,
    updated_at   = now(),
    heartbeat_at = now(),
    error = NULL, error_position = NULL, error_at = NULL
FROM set_config('synchronous_commit', 'off', true) AS asynchronous,
    set_config('enable_seqscan', $4, true) AS scans,
    set_config('enable_hashjoin', $4, true) AS hash_joins,
    set_config('enable_mergejoin', $4, true) AS merge_joins
WHERE id = $1 AND position = $2 AND state IN ('building', 'ready', 'live')
