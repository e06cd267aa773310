CREATE TABLE {schema}.products (
    product_id       uuid                     NOT NULL,
    slug             text                     NOT NULL,
    name             text                     NOT NULL,
    description      text,
    categories       jsonb                    NOT NULL,
    tags             jsonb                    NOT NULL,
    images           jsonb                    NOT NULL,
    tax_rate_bp      int                      NOT NULL,
    active           boolean                  NOT NULL,
    created_at       timestamp with time zone NOT NULL,
    updated_at       timestamp with time zone NOT NULL,
    created_position bigint                   NOT NULL,
    position         bigint                   NOT NULL,
    sequence         bigint                   NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (product_id)
);
CREATE UNIQUE INDEX products_by_slug ON {schema}.products (slug);

CREATE TABLE {schema}.variants (
    sku        text     NOT NULL,
    product_id uuid     NOT NULL,
    place      smallint NOT NULL,
    name       text,
    CONSTRAINT variants_pkey PRIMARY KEY (sku)
);
CREATE UNIQUE INDEX variants_by_product ON {schema}.variants (product_id, place);

CREATE TABLE {schema}.prices (
    sku      text                     NOT NULL,
    currency text                     NOT NULL,
    amount   bigint                   NOT NULL,
    since    timestamp with time zone NOT NULL,
    position bigint                   NOT NULL,
    CONSTRAINT prices_pkey PRIMARY KEY (sku, currency)
);
