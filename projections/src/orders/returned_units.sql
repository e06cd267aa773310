SELECT wanted.order_id, wanted.up_to, u.sku, sum(u.units)::bigint AS units
FROM unnest($1::uuid[], $2::bigint[]) AS wanted (order_id, up_to)
JOIN {schema}.returned_units AS u ON u.order_id = wanted.order_id AND u.position <= wanted.up_to
GROUP BY wanted.order_id, wanted.up_to, u.sku
