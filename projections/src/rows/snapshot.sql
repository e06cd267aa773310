SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL statement_timeout = '1h';
SET LOCAL idle_in_transaction_session_timeout = '1h';
