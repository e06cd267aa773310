INSERT INTO projection_generations (projection, place, generation, schema_version, schema_name, state, up_to)
SELECT $1, $2, number, $3, $1 || '_g' || number, 'building', $4
FROM (
    SELECT coalesce(max(generation), 0) + 1 AS number
    FROM projection_generations
    WHERE projection = $1 AND place = $2
) AS next
