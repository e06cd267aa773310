-- The read model `catalogue`, version 4.

-- A search index, which has no tables.
