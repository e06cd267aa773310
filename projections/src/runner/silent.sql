-- A row that is locked belongs to somebody who is at work, such as making indexes.
SELECT coalesce(heartbeat_at, started_at) < now() - make_interval(secs => $2)
FROM projection_generations
WHERE id = $1
FOR UPDATE SKIP LOCKED
