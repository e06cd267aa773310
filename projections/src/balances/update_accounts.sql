UPDATE {schema}.accounts AS a
SET booked     = r.booked,
    held       = r.held,
    updated_at = r.at,
    position   = r.position,
    sequence   = r.sequence
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::bigint[])
    AS r (account_id, booked, held, at, position, sequence)
WHERE a.account_id = r.account_id
