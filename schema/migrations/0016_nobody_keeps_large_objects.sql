-- Large objects and temporary tables belong to whoever makes them, and PUBLIC may make both: large objects even in a
-- transaction that only reads. So a login that is to write nothing could fill the disk, and could not be dropped as it
-- owned something. Souk uses neither. On a server that belongs to somebody else this warns, and leaves it to them.
DO $$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN
        SELECT p.oid::regprocedure FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_open', 'lo_put', 'lowrite', 'lo_truncate',
                            'lo_truncate64', 'lo_unlink')
          -- Taking away what nobody has is an error for whoever does not own the function.
          AND has_function_privilege('public', p.oid, 'EXECUTE')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', function);
    END LOOP;
    IF has_database_privilege('public', current_database(), 'TEMPORARY') THEN
        EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    END IF;
END
$$;
