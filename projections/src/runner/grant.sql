-- Reading needs no more than the auditor's role.
GRANT USAGE ON SCHEMA {schema} TO souk_auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO souk_auditor;
