SELECT a.attname::text AS name,
       t.typname::text AS type_name,
       key.place       AS key
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
LEFT JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS key (attnum, place) ON key.attnum = a.attnum
WHERE n.nspname = $1 AND c.relname = $2
ORDER BY a.attnum
