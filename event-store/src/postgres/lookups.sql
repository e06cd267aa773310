-- Index look-ups, one for each question: subqueries, so that no plan can turn them into a scan.
SELECT false AS is_claim, asked.number, NULL AS holder, coalesce((
    SELECT max(e.sequence) FROM events AS e
    WHERE e.aggregate_type = asked.aggregate_type AND e.aggregate_id = asked.aggregate_id
), 0) AS sequence
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (aggregate_type, aggregate_id, number)
UNION ALL
SELECT true, asked.number, (
    SELECT c.aggregate_id FROM claims AS c WHERE c.scope = asked.scope AND c.value = asked.value
), 0
FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS asked (scope, value, number)
