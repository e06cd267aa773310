-- How far everybody is, and what has still to be done.
SELECT (SELECT position FROM log_head) AS head,
       -- A process manager that has not begun has no checkpoint.
       (SELECT CASE WHEN count(*) < $1 THEN 0 ELSE min(position) END FROM process_checkpoints) AS reacted,
       (SELECT CASE WHEN count(*) < $2 THEN 0 ELSE min(position) END
        FROM projection_generations WHERE state = 'live') AS shown,
       (SELECT count(*) FROM process_outbox WHERE state = 'pending') AS pending,
       (SELECT count(*) FROM process_outbox WHERE state = 'parked') AS parked,
       -- The other timers ring after minutes, and most of them never.
       (SELECT count(*) FROM process_timers WHERE name = 'stock_retry') AS waiting
