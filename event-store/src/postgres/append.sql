SELECT stream, verdict, number, name, detail, fingerprint, aggregate_type, aggregate_id, stored_sequence,
       recorded_at
FROM append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
