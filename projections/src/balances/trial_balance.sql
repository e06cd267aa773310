-- A sum of bigint is numeric; an amount that does not fit again is an error and never a wrong number.
SELECT currency,
       coalesce(sum(balance) FILTER (WHERE balance > 0), 0)::bigint AS debit,
       coalesce(sum(balance) FILTER (WHERE balance < 0), 0)::bigint AS credit,
       sum(balance)::bigint                                         AS difference,
       sum(entries)::bigint                                         AS entries
FROM {schema}.ledgers
GROUP BY currency
ORDER BY currency
