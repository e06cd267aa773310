SELECT b.sku, b.warehouse, b.lot, b.expires_on, dated.on_hand, dated.reserved, dated.at AS updated_at,
       dated.position,
       -- Only what is now can be changed.
       NULL::bigint AS sequence, NULL::bigint AS threshold,
       CASE WHEN b.expires_on < $2::date THEN 0 ELSE greatest(dated.on_hand - dated.reserved, 0) END AS available
FROM {schema}.buckets AS b
CROSS JOIN LATERAL (
    SELECT h.on_hand, h.reserved, h.at, h.position
    FROM {schema}.bucket_history AS h
    WHERE (h.sku, h.warehouse, h.lot) = (b.sku, b.warehouse, b.lot) AND h.position <= $3
    ORDER BY h.position DESC
    LIMIT 1
) AS dated
WHERE b.sku = ANY ($1)
ORDER BY b.sku, b.warehouse, b.lot
