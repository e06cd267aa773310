//! Examples that work on the demo shop, so that they can be tried out as they stand.
//!
//! The names are those of `souk up --demo`, whatever its seed.

use serde_json::{Value, json};
use utoipa::openapi::{
    Paths, RefOr, Schema,
    path::{Operation, ParameterIn},
};

/// The customer of the demo shop.
const CUSTOMER: &str = "018f0000-0000-7000-8000-000000000001";
/// Their account, in euros.
const ACCOUNT: &str = "018f0000-0000-7000-8000-000000000002";
/// A product with one variant.
const PRODUCT: &str = "018f0000-0000-7000-8000-000000000003";
/// An order that was delivered.
const ORDER: &str = "018f0000-0000-7000-8000-000000000004";
/// Its payment.
const PAYMENT: &str = "018f0000-0000-7000-8000-000000000005";
/// What can be bought.
const SKU: &str = "DEMO-MUG";
/// A warehouse that holds some of it.
const WAREHOUSE: &str = "berlin";

/// The example of a body. Fields that need not be given and would have to fit something else are left out.
pub(super) fn of_body(schema: &str) -> Option<Value> {
    let euros = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    Some(match schema {
        "OpenAccount" => json!({"owner_id": CUSTOMER, "currency": "USD"}),
        "Movement" => json!({"amount": euros(1_000), "reference": "bank transfer 2026-11-20/17"}),
        "NewProduct" => json!({
            "name": "Walnut headphones",
            "slug": "walnut-headphones",
            "description": "Headphones of oiled walnut.",
            "categories": ["audio/headphones"],
            "tags": ["wood"],
            "images": [{"url": "https://images.example.com/walnut-1.jpg", "alt": "Headphones on a table"}],
            "variants": [{"sku": "WALNUT-1"}],
            "tax_rate_bp": 1_900,
        }),
        "ProductChange" => json!({"tags": ["table", "ceramics", "demo", "gift"]}),
        "SetPrice" => json!({"sku": SKU, "price": euros(1_490)}),
        "Receipt" => json!({"warehouse": "berlin", "quantity": 10}),
        "Adjustment" => {
            json!({"warehouse": "berlin", "difference": -1, "reason": "broken in the warehouse"})
        }
        "Transfer" => json!({"from": "berlin", "to": "rotterdam", "quantity": 1}),
        "LotExpiry" => json!({"lot": "L-2026-07", "expires_on": "2027-06-30"}),
        "OpenWarehouse" => json!({"code": "leipzig", "name": "Leipzig", "location": "Leipzig"}),
        "WarehouseChange" => json!({"name": "Berlin West"}),
        "LowStock" => json!({"threshold": 5}),
        "PlaceOrder" => json!({
            "customer_id": CUSTOMER,
            "lines": [{"sku": SKU, "quantity": 1}],
            "payment": {"method": "account", "account_id": ACCOUNT},
            "shipping_address": {
                "name": "Alex Example",
                "street": "Marktstraße 1",
                "city": "Berlin",
                "postal_code": "10317",
                "country": "DE",
            },
        }),
        "Note" => json!({"reason": "found it cheaper"}),
        "Grounds" => json!({"reason": "the goods were damaged"}),
        "Nothing" => json!({}),
        "Shipment" => json!({"carrier": "DHL", "tracking_number": "00340434161094042557"}),
        "RequestReturn" => json!({"lines": [{"sku": SKU, "quantity": 1}], "reason": "too small"}),
        "AcceptReturn" => json!({
            "lines": [{"sku": SKU, "quantity": 1, "disposal": {"as": "restock", "warehouse": "berlin"}}],
        }),
        "Refund" => json!({"amount": euros(100), "reason": "the box arrived damaged"}),
        "StartSubscription" => json!({
            "customer_id": CUSTOMER,
            "amount": euros(990),
            "payment": {"method": "account", "account_id": ACCOUNT},
            "period": {"months": 1},
        }),
        _ => return None,
    })
}

/// Fills in the identifiers of the demo shop. Those of things that it does not have stay open.
pub(super) fn in_paths(paths: &mut Paths) {
    for (path, item) in &mut paths.paths {
        let id = match path.split('/').nth(2) {
            Some("accounts") => Some(ACCOUNT),
            Some("orders") => Some(ORDER),
            Some("payments") => Some(PAYMENT),
            Some("products") => Some(PRODUCT),
            _ => None,
        };
        let operations = [&mut item.post, &mut item.put, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            fill(operation, id);
        }
    }
}

fn fill(operation: &mut Operation, id: Option<&str>) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if parameter.parameter_in != ParameterIn::Path {
            continue;
        }
        let example = match parameter.name.as_str() {
            "id" => id,
            "sku" => Some(SKU),
            "code" => Some(WAREHOUSE),
            _ => None,
        };
        if let (Some(example), Some(RefOr::T(Schema::Object(schema)))) = (example, &mut parameter.schema) {
            schema.example = Some(Value::from(example));
        }
    }
}
