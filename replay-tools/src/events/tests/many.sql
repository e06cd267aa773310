-- 60,000 events behind those of the shop: 3,000 sellers offer 20 things each, one after the other.
INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, position, recorded_at)
SELECT 'stock', 'THING-' || number, 1, 'StockReceived', '1', '{"warehouse":"main","quantity":1}',
       json_build_object('actor', 'seller:' || number / 20, 'correlation_id', 'offer-' || number / 20),
       head.position + 1 + number, head.recorded_at
FROM log_head AS head, generate_series(0, 59999) AS number;
UPDATE log_head SET position = position + 60000;
SELECT brin_summarize_new_values('events_actor_idx'), brin_summarize_new_values('events_correlation_idx');
ANALYZE events;
-- What was read for this is not counted later.
SELECT pg_stat_force_next_flush();
