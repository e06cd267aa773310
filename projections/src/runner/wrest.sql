-- An advisory lock of two keys is listed with its class, its object and the subordinate number 2.
SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))
FROM pg_locks
WHERE locktype = 'advisory' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND classid = $1::oid AND objid = $2::oid AND objsubid = 2
