UPDATE {schema}.subscriptions AS s
SET status       = coalesce(r.status, s.status),
    pause_reason = coalesce(r.pause_reason, s.pause_reason),
    cancel_note  = coalesce(r.cancel_note, s.cancel_note),
    due_at       = coalesce(r.due_at, s.due_at),
    paid_periods = s.paid_periods + r.paid_periods,
    updated_at   = r.at,
    position     = r.position,
    sequence     = r.sequence
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[], $7::timestamptz[],
    $8::bigint[], $9::bigint[]
) AS r (subscription_id, status, pause_reason, cancel_note, due_at, paid_periods, at, position, sequence)
WHERE s.subscription_id = r.subscription_id
