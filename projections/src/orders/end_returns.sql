UPDATE {schema}.returns AS t
SET outcome        = coalesce(r.outcome, t.outcome),
    rejection      = coalesce(r.rejection, t.rejection),
    taken_back     = coalesce(r.taken_back::jsonb, t.taken_back),
    refund         = coalesce(r.refund, t.refund),
    written_off    = coalesce(r.written_off, t.written_off),
    currency       = coalesce(r.currency, t.currency),
    ended_at       = coalesce(r.at, t.ended_at),
    ended_position = coalesce(r.position, t.ended_position)
FROM unnest(
    $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[],
    $9::timestamptz[], $10::bigint[]
) AS r (order_id, return_id, outcome, rejection, taken_back, refund, written_off, currency, at, position)
WHERE (t.order_id, t.return_id) = (r.order_id, r.return_id)
