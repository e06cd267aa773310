-- Large objects belong to whoever makes them, and PUBLIC may make them even in a transaction that only reads. So a login
-- that is to write nothing could fill the disk, and could not be dropped as it owned something. Souk uses none.
DO $$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN
        SELECT p.oid::regprocedure FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_open', 'lo_put', 'lowrite', 'lo_truncate',
                            'lo_truncate64', 'lo_unlink', 'lo_import', 'lo_export')
    LOOP
        -- On a server that belongs to somebody else this warns, and leaves it to them.
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', function);
    END LOOP;
END
$$;
