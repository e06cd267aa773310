-- Times never go back along the log, so halving finds the position with one event for each bit of it.
WITH RECURSIVE search (low, high) AS (
    SELECT 0::bigint, position FROM log_head
    UNION ALL
    SELECT CASE WHEN middle.recorded_at <= $1 THEN middle.position ELSE search.low END,
           CASE WHEN middle.recorded_at <= $1 THEN search.high ELSE middle.position - 1 END
    FROM search
    JOIN events AS middle ON middle.position = (search.low + search.high + 1) / 2
    WHERE search.low < search.high
)
SELECT low FROM search ORDER BY high - low LIMIT 1
