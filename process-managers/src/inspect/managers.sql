-- How every process manager gets on. A lock of one key is listed with its halves and the subordinate number 1.
-- $1 their names, $2 the keys of their locks, $3 after how many seconds something is overdue
SELECT known.manager, coalesce(c.position, 0) AS position, head.position AS head,
       EXISTS (
           SELECT FROM pg_locks AS held
           WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
             AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
             AND held.classid = ((known.key >> 32) & 4294967295)::oid
             AND held.objid = (known.key & 4294967295)::oid
       ) AS is_worked,
       (SELECT count(*) FROM process_timers AS t
        WHERE t.manager = known.manager
          AND coalesce(t.rings_at, t.due_at) < now() - make_interval(secs => $3)) AS overdue_timers,
       (SELECT count(*) FROM process_outbox AS o
        WHERE o.manager = known.manager AND o.state = 'pending'
          AND o.next_attempt_at < now() - make_interval(secs => $3)) AS overdue_actions,
       (SELECT count(*) FROM process_outbox AS o
        WHERE o.manager = known.manager AND o.state = 'parked') AS parked_actions
FROM unnest($1::text[], $2::bigint[]) AS known (manager, key)
CROSS JOIN log_head AS head
LEFT JOIN process_checkpoints AS c ON c.manager = known.manager
ORDER BY known.manager
