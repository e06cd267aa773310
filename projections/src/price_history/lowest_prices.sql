SELECT wanted.sku, lowest.currency, lowest.amount, lowest.since
FROM unnest($1::text[]) AS wanted (sku)
CROSS JOIN LATERAL (
    SELECT candidate.currency, candidate.amount, candidate.since
    FROM (
        -- Set within the stretch.
        (
            SELECT p.currency, p.amount, p.since, p.position
            FROM {schema}.prices AS p
            WHERE p.sku = wanted.sku AND p.currency = $2 AND p.since > $3 AND p.since < $4
        )
        UNION ALL
        -- Held already when the stretch began.
        (
            SELECT p.currency, p.amount, p.since, p.position
            FROM {schema}.prices AS p
            WHERE p.sku = wanted.sku AND p.currency = $2 AND p.since <= $3
            ORDER BY p.since DESC, p.position DESC
            LIMIT 1
        )
    ) AS candidate
    ORDER BY candidate.amount, candidate.position
    LIMIT 1
) AS lowest
