-- An index of a large table takes longer than any other statement, and more memory makes it quicker. The
-- bounds hold for this transaction alone.
SET LOCAL statement_timeout = '1h';
SET LOCAL idle_in_transaction_session_timeout = '1h';
SET LOCAL maintenance_work_mem = '128MB';
SET LOCAL synchronous_commit = off;
-- One process of the server works for a build, and the others are left to those who ask.
SET LOCAL max_parallel_maintenance_workers = 0;
