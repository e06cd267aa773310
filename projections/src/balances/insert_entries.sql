INSERT INTO {schema}.entries (
    position, leg, ledger, counter, currency, amount, event_type, order_id, payment_id, reference, recorded_at
)
SELECT position, leg, ledger, counter, currency, amount, event_type, order_id, payment_id, reference, recorded_at
FROM unnest(
    $1::bigint[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[],
    $8::uuid[], $9::uuid[], $10::text[], $11::timestamptz[]
) AS r (
    position, leg, ledger, counter, currency, amount, event_type, order_id, payment_id, reference, recorded_at
)
