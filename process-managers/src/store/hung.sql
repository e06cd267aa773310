-- Ends the session that holds the lock of a process manager, if its client has hung for too long: a working copy
-- asks something at least every second, and a session that waits for its client was asked nothing since.
-- $1 the lock's key, $2 seconds. A lock of one key is listed with its halves and the subordinate number 1.
SELECT count(*) FILTER (WHERE pg_terminate_backend(session.pid))
FROM pg_locks AS held
JOIN pg_stat_activity AS session USING (pid)
WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
  AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND held.classid = (($1 >> 32) & 4294967295)::oid AND held.objid = ($1 & 4294967295)::oid
  AND (session.state = 'idle' OR session.wait_event_type = 'Client')
  AND session.state_change < clock_timestamp() - make_interval(secs => $2)
