DELETE FROM projection_generations AS g
WHERE g.projection = $1
  -- Never the tables in this database, and never the folder of whoever asks.
  AND g.place NOT IN ('', $2)
  AND NOT EXISTS (
      SELECT FROM projection_generations AS other
      WHERE other.projection = g.projection AND other.place = g.place
        AND greatest(other.started_at, other.updated_at, other.heartbeat_at) > now() - make_interval(days => $3)
  )
