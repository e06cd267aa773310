-- The read model `catalogue`, version 3.

-- A search index, which has no tables.
