INSERT INTO events (
    aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, position, recorded_at
)
SELECT 'parcel', 'filled-' || (position / 2), 1 + position % 2, 'Packed', '1', $3::json,
       '{"actor":"bench","correlation_id":"filling"}'::json, position, now()
FROM generate_series($1::bigint, $2::bigint) AS position
