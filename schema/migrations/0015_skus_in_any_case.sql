-- A new SKU must not differ from a listed one by case alone. SKUs from before this rule stay as they are: of
-- two that differ so already, either holds the claim, and both go on working.
INSERT INTO claims (scope, value, aggregate_type, aggregate_id)
SELECT 'product.sku_in_any_case', lower(value), aggregate_type, aggregate_id
FROM claims
WHERE scope = 'product.sku'
ON CONFLICT ON CONSTRAINT claims_pkey DO NOTHING;
