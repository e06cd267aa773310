-- The read model `catalogue`, version 1.

-- A search index, which has no tables.
