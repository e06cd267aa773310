//! A customer, a clerk, an auditor and an analyst.

use serde_json::{Value, json};
use tests::{Client, Shop};
use uuid::Uuid;

/// A shop with one product, some units of it, and a customer with money.
struct Counter {
    client: Client,
    sku: String,
    customer: String,
    account: String,
}

impl Counter {
    async fn open(client: Client, units: i64, money: i64) -> Self {
        let sku = format!("SKU-{}", Uuid::now_v7().simple());
        let product = json!({
            "name": "A walnut bowl", "slug": sku.to_lowercase(), "description": "Turned by hand.",
            "categories": ["kitchen/bowls"], "variants": [{"sku": sku}], "tax_rate_bp": 1900
        });
        let product = client
            .accepted("/v1/products", &product)
            .await
            .unwrap()
            .id()
            .unwrap();
        let price = json!({"price": {"amount": 2_500, "currency": "EUR"}});
        client
            .accepted(&format!("/v1/products/{product}/prices"), &price)
            .await
            .unwrap();
        if units > 0 {
            client.open_warehouse("main").await.unwrap();
            let receipt = json!({"warehouse": "main", "quantity": units});
            client
                .accepted(&format!("/v1/stock/{sku}/receipts"), &receipt)
                .await
                .unwrap();
        }
        let customer = Uuid::now_v7().to_string();
        let open = json!({"owner_id": customer, "currency": "EUR"});
        let account = client
            .accepted("/v1/accounts", &open)
            .await
            .unwrap()
            .id()
            .unwrap();
        if money > 0 {
            let deposit = json!({"amount": {"amount": money, "currency": "EUR"}, "reference": "first"});
            client
                .accepted(&format!("/v1/accounts/{account}/deposits"), &deposit)
                .await
                .unwrap();
        }
        Self {
            client,
            sku,
            customer,
            account,
        }
    }

    fn order(&self, quantity: i64) -> Value {
        json!({
            "customer_id": self.customer,
            "lines": [{"sku": self.sku, "quantity": quantity}],
            "payment": {"method": "account", "account_id": self.account},
            "shipping_address": {"name": "Ada", "street": "1 Main Street", "city": "Berlin", "country": "DE"}
        })
    }

    async fn place(&self, order: &Value) -> String {
        self.client
            .accepted("/v1/orders", order)
            .await
            .unwrap()
            .id()
            .unwrap()
    }

    /// What the shop says at the end: available units, units on hand, booked and available money.
    async fn sees(&self, units: i64, on_hand: i64, booked: i64, available: i64) {
        let query = "query ($sku: String!, $id: ID!) {
            stock(sku: $sku) { onHand available } account(id: $id) { booked { amount } available { amount } } }";
        let number = |value: &Value| {
            value
                .to_string()
                .trim_matches('"')
                .parse::<i64>()
                .unwrap_or(i64::MIN)
        };
        let expected = [units, on_hand, booked, available];
        let variables = json!({"sku": self.sku, "id": self.account});
        let seen = self.client.eventually(query, variables, |data| {
            let (stock, account) = (&data["stock"], &data["account"]);
            let amounts = [
                &stock["available"],
                &stock["onHand"],
                &account["booked"]["amount"],
                &account["available"]["amount"],
            ];
            amounts.map(number) == expected
        });
        seen.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_through_the_shop() {
    let shop = Shop::start(&[]).unwrap();
    let client = shop.client().unwrap();

    // A paid order takes money and units; shipping takes the units out of the house.
    let counter = Counter::open(client.clone(), 10, 100_000).await;
    let paid = counter.place(&counter.order(2)).await;
    client.order_becomes(&paid, "PAID").await.unwrap();
    counter.sees(8, 10, 95_000, 95_000).await;
    client
        .accepted(
            &format!("/v1/orders/{paid}/ship"),
            &json!({"tracking_number": "T1"}),
        )
        .await
        .unwrap();
    client.order_becomes(&paid, "SHIPPED").await.unwrap();
    counter.sees(8, 8, 95_000, 95_000).await;
    client
        .accepted(&format!("/v1/orders/{paid}/deliver"), &json!({}))
        .await
        .unwrap();
    client.order_becomes(&paid, "DELIVERED").await.unwrap();
    let late = client
        .post(&format!("/v1/orders/{paid}/cancel"), &json!({}))
        .await
        .unwrap();
    assert_eq!((late.status.as_u16(), late.code()), (422, "already_shipped"));

    // Out of stock: nothing is kept, neither units nor money.
    let too_many = counter.place(&counter.order(9)).await;
    client.order_becomes(&too_many, "CANCELLED").await.unwrap();
    counter.sees(8, 8, 95_000, 95_000).await;

    // Cancelled by the customer after it was paid: both come back.
    let regretted = counter.place(&counter.order(1)).await;
    client.order_becomes(&regretted, "PAID").await.unwrap();
    let cancel = json!({"reason": "changed my mind"});
    client
        .accepted(&format!("/v1/orders/{regretted}/cancel"), &cancel)
        .await
        .unwrap();
    client.order_becomes(&regretted, "CANCELLED").await.unwrap();
    counter.sees(8, 8, 95_000, 95_000).await;

    // Too little money.
    let poor = Counter::open(client.clone(), 5, 100).await;
    let declined = poor.place(&poor.order(1)).await;
    client.order_becomes(&declined, "CANCELLED").await.unwrap();
    poor.sees(5, 5, 100, 100).await;

    // By card.
    for (token, status) in [("tok_approved", "PAID"), ("tok_declined", "CANCELLED")] {
        let mut order = counter.order(1);
        order["payment"] = json!({"method": "card", "token": token});
        let order = counter.place(&order).await;
        client.order_becomes(&order, status).await.unwrap();
    }
    counter.sees(7, 8, 95_000, 95_000).await;

    an_auditor_replays(&shop, &paid);
    an_analyst_rebuilds(&shop, &client, &paid).await;
    nothing_bad_gets_in(&shop, &counter).await;
}

fn an_auditor_replays(shop: &Shop, order: &str) {
    let replay = shop.souk(&["replay", "order", order]).unwrap();
    let told = String::from_utf8_lossy(&replay.stdout);
    assert!(replay.status.success(), "{replay:?}");
    let names = [
        "OrderPlaced",
        "OrderConfirmed",
        "OrderPaid",
        "OrderShipped",
        "OrderDelivered",
    ];
    let places = names.map(|name| {
        told.find(name)
            .unwrap_or_else(|| panic!("{name} is missing:\n{told}"))
    });
    assert!(places.is_sorted(), "{told}");
    let unknown = shop
        .souk(&["replay", "order", &Uuid::now_v7().to_string()])
        .unwrap();
    assert_eq!(unknown.status.code(), Some(1));
    // A wrong command line is neither that nor a difference.
    let misuse = shop.souk(&["replay", "ordr", order]).unwrap();
    assert_eq!(misuse.status.code(), Some(64));
    let list = shop
        .souk(&["events", "list", "--format", "ndjson", "--limit", "5"])
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&list.stdout).lines().count(),
        5,
        "{list:?}"
    );
}

async fn an_analyst_rebuilds(shop: &Shop, client: &Client, order: &str) {
    let query = "query ($id: ID!) { order(id: $id) { id status timeline { step } lines { sku quantity } } }";
    for projection in ["orders", "balances", "stock_levels", "catalogue"] {
        let before = client.query(query, json!({"id": order})).await.unwrap();
        let rebuilt = shop.souk(&["projections", "rebuild", projection]).unwrap();
        assert!(rebuilt.status.success(), "{projection}: {rebuilt:?}");
        let after = client.query(query, json!({"id": order})).await.unwrap();
        assert_eq!(before, after, "{projection}");
    }
    let listed = shop.souk(&["projections", "list", "--format", "json"]).unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(listed.as_array().is_some_and(|rows| rows.len() >= 4), "{listed}");
}

/// Each is a typed problem, and the log does not grow.
async fn nothing_bad_gets_in(shop: &Shop, counter: &Counter) {
    let client = &counter.client;
    let good = counter.order(1);
    let order_with = |path: &str, value: Value| {
        let mut order = good.clone();
        *order.pointer_mut(path).unwrap() = value;
        order
    };
    let lines = |count: usize| {
        order_with(
            "/lines",
            json!(vec![json!({"sku": counter.sku, "quantity": 1}); count]),
        )
    };
    let orders = [
        (
            order_with("/lines/0/sku", json!("NO-SUCH-SKU")),
            422,
            "unknown_sku",
        ),
        (order_with("/lines/0/quantity", json!(0)), 422, "quantity"),
        (order_with("/lines/0/quantity", json!(-3)), 422, "quantity"),
        (
            order_with("/lines/0/quantity", json!(1_000_000_000_000_000_000_i64)),
            422,
            "quantity",
        ),
        (order_with("/customer_id", json!("nobody")), 422, "customer_id"),
        (
            order_with("/payment/account_id", json!(Uuid::now_v7())),
            422,
            "unknown_account",
        ),
        (lines(0), 422, "lines"),
        (lines(10_000), 422, "lines"),
        (json!({"lines": "none"}), 400, "malformed"),
    ];
    let head = head(shop);
    for (order, status, about) in orders {
        let answer = client.post("/v1/orders", &order).await.unwrap();
        let problem = answer.body.to_string();
        assert_eq!(answer.status, status, "{problem}");
        assert!(problem.contains(about), "{about}: {problem}");
        assert!(!answer.code().is_empty(), "{problem}");
        let kind = answer.headers["content-type"].to_str().unwrap();
        assert!(kind.starts_with("application/problem+json"), "{kind}");
    }
    let deposits = format!("/v1/accounts/{}/deposits", counter.account);
    let dollars = json!({"amount": {"amount": 100, "currency": "USD"}, "reference": "dollars"});
    let answer = client.post(&deposits, &dollars).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.code()), (422, "other_currency"));
    let huge = json!({"reference": "x".repeat(10 * 1024 * 1024)});
    assert_eq!(client.post(&deposits, &huge).await.unwrap().status, 413);
    let json_type = ("content-type", "application/json");
    let post = reqwest::Method::POST;
    let broken = client
        .send(post.clone(), "/v1/orders", &[json_type], "{\"lines\": [")
        .await
        .unwrap();
    assert_eq!(broken.status, 400);
    let text = client
        .send(
            post.clone(),
            "/v1/orders",
            &[("content-type", "text/plain")],
            "{}",
        )
        .await
        .unwrap();
    assert_eq!(text.status, 415);
    let unknown = client
        .send(post, "/v1/nothing", &[json_type], "{}")
        .await
        .unwrap();
    assert_eq!(unknown.status, 404);
    for id in ["not-a-uuid", &Uuid::now_v7().to_string()] {
        let answer = client
            .post(&format!("/v1/orders/{id}/cancel"), &json!({}))
            .await
            .unwrap();
        assert!(answer.status == 404 || answer.status == 400, "{answer:?}");
    }
    assert_eq!(self::head(shop), head, "something was written");

    // The same key with another body is refused, with the same body answered again.
    let key = Uuid::now_v7().to_string();
    let first = client.post_once("/v1/orders", &key, &good).await.unwrap();
    let again = client.post_once("/v1/orders", &key, &good).await.unwrap();
    assert_eq!(first.id().unwrap(), again.id().unwrap());
    let other = client
        .post_once("/v1/orders", &key, &counter.order(2))
        .await
        .unwrap();
    assert_eq!(other.status, 422, "{other:?}");
    client.order_becomes(&first.id().unwrap(), "PAID").await.unwrap();
}

/// How many events the log has.
fn head(shop: &Shop) -> usize {
    let list = shop
        .souk(&["events", "list", "--format", "ndjson", "--limit", "all"])
        .unwrap();
    assert!(list.status.success(), "{list:?}");
    list.stdout.iter().filter(|byte| **byte == b'\n').count()
}
