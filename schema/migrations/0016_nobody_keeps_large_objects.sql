-- By default every role may create large objects, even in a read-only transaction, and temporary tables. An auditor's
-- login could fill the disk with them, and could not be dropped while it owned any. Souk uses neither. An owner of the
-- database who is no superuser gets a warning, and the privileges stay.
DO $$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN
        SELECT p.oid::regprocedure FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_open', 'lo_put', 'lowrite', 'lo_truncate',
                            'lo_truncate64', 'lo_unlink')
          -- Without any privilege on the function, a role that does not own it gets an error and no warning.
          AND has_function_privilege('public', p.oid, 'EXECUTE')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', function);
    END LOOP;
    IF has_database_privilege('public', current_database(), 'TEMPORARY') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
END
$$;
