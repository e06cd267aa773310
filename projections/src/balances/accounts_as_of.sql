SELECT a.account_id, a.owner_id, a.currency, dated.booked, dated.held, dated.booked - dated.held AS available,
       a.opened_at, dated.at AS updated_at, dated.position,
       -- Only what is now can be changed.
       NULL::bigint AS sequence
FROM {schema}.accounts AS a
CROSS JOIN LATERAL (
    SELECT h.booked, h.held, h.at, h.position
    FROM {schema}.account_history AS h
    WHERE h.account_id = a.account_id AND h.position <= $2
    ORDER BY h.position DESC
    LIMIT 1
) AS dated
WHERE a.account_id = ANY ($1)
