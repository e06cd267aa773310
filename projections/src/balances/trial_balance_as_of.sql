-- As trial_balance.sql, of what each ledger account was worth after its newest entry up to the position.
SELECT l.currency,
       coalesce(sum(dated.balance) FILTER (WHERE dated.balance > 0), 0)::text AS debit,
       coalesce(sum(dated.balance) FILTER (WHERE dated.balance < 0), 0)::text AS credit,
       sum(dated.balance)::text                                               AS difference,
       sum(dated.number)::bigint                                                AS entries
FROM {schema}.ledgers AS l
CROSS JOIN LATERAL (
    SELECT e.balance, e.number
    FROM {schema}.entries AS e
    WHERE e.ledger = l.ledger AND e.currency = l.currency AND e.position <= $1
    ORDER BY e.position DESC, e.leg DESC
    LIMIT 1
) AS dated
GROUP BY l.currency
ORDER BY l.currency
