-- The number is taken from a counter that outlives the builds: a decision about a dropped build names
-- that build alone.
WITH next AS (
    INSERT INTO projection_numbers AS numbers (projection, place, last)
    VALUES ($1, $2, 1)
    ON CONFLICT (projection, place) DO UPDATE SET last = numbers.last + 1
    RETURNING last AS number
)
INSERT INTO projection_generations (projection, place, generation, schema_version, schema_name, state, up_to)
SELECT $1, $2, number, $3, $1 || '_g' || number, 'building', $4
FROM next
