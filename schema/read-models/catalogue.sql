-- The read model `catalogue`, version 2.

-- A search index, which has no tables.
