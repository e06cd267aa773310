//! Cursors: each is taken by the list that returned it, and by no other.

use std::collections::BTreeSet;

use domain::{
    product::{Product, ProductCommand},
    stock::{Stock, StockCommand},
    value::Money,
    warehouse::{Warehouse, WarehouseCommand},
};
use serde_json::{Value, json};

use crate::{
    shop::{Shop, account_id, customer_id, product_id, sku, subscription_id, text},
    stage::Stage,
};

async fn stage() -> Stage {
    let shop = Shop::new();
    // The first two events, which `account(asOf:)` asks for below.
    shop.open(1, 5_000).await;
    shop.open(2, 5_000).await;
    for (number, name) in [(1, "Teapot"), (2, "Cup")] {
        shop.list(number, name, "home", 1_190).await;
        shop.place(number, number, &[1]).await;
        shop.start_subscription(number, number).await;
        shop.charge_subscription(number, 10 + number).await;
    }
    let price = Money {
        amount: 1_290,
        currency: "USD".parse().unwrap(),
    };
    let price = ProductCommand::SetPrice { sku: None, price };
    shop.send::<Product>(product_id(1), price).await;
    shop.receive(1, "north", None, 9).await;
    let threshold = StockCommand::SetLowStockThreshold { threshold: Some(9) };
    shop.send::<Stock>(sku(1), threshold).await;
    let open = WarehouseCommand::Open {
        name: text("North"),
        location: None,
    };
    shop.send::<Warehouse>("north", open).await;
    Stage::new(shop).await
}

/// A list by one of the fields that it is read by.
struct List {
    /// The field in the schema.
    field: &'static str,
    /// The query, with `LIST` where the field stands.
    around: String,
    /// What decides which rows the list has, and in which order.
    arguments: String,
}

impl List {
    fn new(field: &'static str, around: impl Into<String>, arguments: impl Into<String>) -> Self {
        Self {
            field,
            around: around.into(),
            arguments: arguments.into(),
        }
    }

    /// A field at the root.
    fn root(field: &'static str, arguments: impl Into<String>) -> Self {
        Self::new(field, "{ LIST }", arguments)
    }

    /// The query for the page after a cursor.
    fn page(&self, after: &Value) -> String {
        let (_, name) = self.field.split_once('.').unwrap();
        let arguments = &self.arguments;
        let list = format!("{name}(first: 1, after: {after} {arguments}) {{ pageInfo {{ endCursor }} }}");
        self.around.replace("LIST", &list)
    }
}

/// Every list, and each with other arguments, by all the fields that it is read by.
fn lists() -> Vec<Vec<List>> {
    let by_customer = |number: u128| format!("filter: {{ customerId: \"{}\" }}", customer_id(number));
    let customer = |number: u128| format!("{{ customer(id: \"{}\") {{ LIST }} }}", customer_id(number));
    let account = |number: u128, as_of: &str| {
        let id = account_id(number);
        format!("{{ account(id: \"{id}\"{as_of}) {{ LIST }} }}")
    };
    let subscription = |number: u128| {
        let id = subscription_id(number);
        format!("{{ subscription(id: \"{id}\") {{ LIST }} }}")
    };
    let price = |number: u128, currency: &str| format!("sku: \"SKU-{number}\", currency: \"{currency}\"");
    let variant = "{ product(slug: \"product-1\") { variants { LIST } } }";
    vec![
        vec![List::root("Query.orders", "")],
        vec![List::root("Query.orders", "filter: { status: PLACED }")],
        vec![
            List::root("Query.orders", by_customer(1)),
            List::new("Customer.orders", customer(1), ""),
        ],
        vec![List::new("Customer.orders", customer(2), "")],
        vec![List::root("Query.customers", "")],
        vec![List::root("Query.warehouses", "")],
        vec![List::root("Query.lowStock", "")],
        vec![List::root("Query.subscriptions", "")],
        vec![List::root("Query.subscriptions", "status: ACTIVE")],
        vec![List::new("CustomerSubscription.charges", subscription(1), "")],
        vec![List::new("CustomerSubscription.charges", subscription(2), "")],
        vec![
            List::new("Account.entries", account(1, ""), ""),
            List::new("Account.entries", account(1, ", asOf: { position: 2 }"), ""),
        ],
        vec![List::new("Account.entries", account(2, ""), "")],
        vec![
            List::root("Query.priceHistory", price(1, "EUR")),
            List::new("Variant.priceHistory", variant, "currency: \"EUR\""),
        ],
        vec![List::root("Query.priceHistory", price(1, "USD"))],
        vec![List::root("Query.priceHistory", price(2, "EUR"))],
        vec![List::root("Query.products", "")],
        vec![List::root("Query.products", "sort: NEWEST")],
    ]
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let stage = stage().await;
    let lists = lists();
    for (number, list) in lists.iter().enumerate() {
        for returns in list {
            let query = returns.page(&json!(null));
            let cursor = end_cursor(&stage.data(&query).await).unwrap_or_else(|| panic!("no rows: {query}"));
            for (other, list) in lists.iter().enumerate() {
                for takes in list {
                    let query = takes.page(&json!(cursor));
                    if number == other {
                        stage.data(&query).await;
                        continue;
                    }
                    let (code, error) = stage.error(&query).await;
                    assert_eq!(
                        (code.as_str(), &error["extensions"]["argument"]),
                        ("INVALID_ARGUMENT", &json!("after")),
                        "{query}, with the cursor of {}",
                        returns.field
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn every_field_of_the_schema_that_takes_a_cursor_is_tested() {
    let stage = Stage::new(Shop::new()).await;
    let data = stage
        .data("{ __schema { types { name fields { name args { name } } } } }")
        .await;
    let mut fields = BTreeSet::new();
    for kind in data["__schema"]["types"].as_array().unwrap() {
        for field in kind["fields"].as_array().into_iter().flatten() {
            let mut arguments = field["args"].as_array().unwrap().iter();
            if arguments.any(|argument| argument["name"] == "after") {
                let (kind, field) = (kind["name"].as_str().unwrap(), field["name"].as_str().unwrap());
                fields.insert(format!("{kind}.{field}"));
            }
        }
    }
    let lists = lists();
    let tested: BTreeSet<String> = lists.iter().flatten().map(|list| list.field.to_owned()).collect();
    assert_eq!(fields, tested);
}

/// The cursor in an answer, wherever it stands.
fn end_cursor(answer: &Value) -> Option<String> {
    match answer {
        Value::Object(fields) => match fields.get("endCursor") {
            Some(cursor) => cursor.as_str().map(str::to_owned),
            None => fields.values().find_map(end_cursor),
        },
        Value::Array(items) => items.iter().find_map(end_cursor),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
