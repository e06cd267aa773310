SELECT currency,
       coalesce(sum(balance) FILTER (WHERE balance > 0), 0)::text AS debit,
       coalesce(sum(balance) FILTER (WHERE balance < 0), 0)::text AS credit,
       sum(balance)::text                                         AS difference,
       sum(entries)::bigint                                         AS entries
FROM {schema}.ledgers
GROUP BY currency
ORDER BY currency
