SELECT (extract(epoch FROM confirmed.recorded_at - placed.recorded_at) * 1000000)::bigint
FROM events AS placed
JOIN events AS confirmed
    ON confirmed.aggregate_type = 'order' AND confirmed.aggregate_id = placed.aggregate_id
    AND confirmed.event_type = 'OrderConfirmed'
WHERE placed.position > $1 AND placed.event_type = 'OrderPlaced'
