UPDATE {schema}.buckets AS b
SET expires_on = r.expires_on
FROM unnest($1::text[], $2::text[], $3::date[]) AS r (sku, lot, expires_on)
WHERE b.sku = r.sku AND b.lot = r.lot
