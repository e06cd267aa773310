SELECT min(sequence) FILTER (WHERE event_type = 'ReservationRefused')
       > max(sequence) FILTER (WHERE event_type = 'StockReserved')
FROM events
WHERE aggregate_type = 'stock' AND aggregate_id = $1
