-- Payments claim the name that the gateway gave them, so that what is done at the gateway's own pages finds its
-- payment. This writes the claims of the payments that were authorised before.
--
-- Should two payments have one name, which no gateway gives, the older keeps it.
INSERT INTO claims (scope, value, aggregate_type, aggregate_id)
SELECT 'payment.gateway_reference', named.reference, 'payment', named.aggregate_id
FROM (
    SELECT e.aggregate_id, e.position, e.payload -> 'PaymentAuthorised' ->> 'gateway_reference' AS reference
    FROM events AS e
    WHERE e.aggregate_type = 'payment' AND e.event_type = 'PaymentAuthorised'
) AS named
WHERE named.reference IS NOT NULL
ORDER BY named.position
ON CONFLICT ON CONSTRAINT claims_pkey DO NOTHING;
