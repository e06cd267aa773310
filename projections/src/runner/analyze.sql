-- The first readers get good plans and do not wait for the autovacuum.
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' LOOP
        EXECUTE format('ANALYZE {schema}.%I', one);
    END LOOP;
END
$$;
