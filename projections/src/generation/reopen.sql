UPDATE projection_generations
SET state = 'building'
WHERE id = (
    SELECT id
    FROM projection_generations
    WHERE projection = $1 AND place = $2 AND schema_version = $3 AND state = 'retired'
    ORDER BY switched_at DESC
    LIMIT 1
)
-- A build in progress comes first: it is finished or dropped before anything is rolled back.
AND NOT EXISTS (
    SELECT FROM projection_generations
    WHERE projection = $1 AND place = $2 AND state IN ('building', 'ready') AND up_to IS NULL
)
