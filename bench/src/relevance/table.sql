CREATE TABLE goods (
    sku text NOT NULL,
    name text NOT NULL,
    words tsvector NOT NULL
)
