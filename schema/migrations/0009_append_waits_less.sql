-- The server ends the wait for the head of the log before the client gives the write up, so that the
-- client knows that nothing was written. `event_store::limits` nests this limit into the others; a test
-- compares the two.
ALTER FUNCTION append_events SET lock_timeout = '5s';
