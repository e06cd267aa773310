//! A shop for one test, and requests in few letters.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode},
};
use chrono::{DateTime, Utc};
use command_api::{ApiOptions, ApiState, Commands, router, shop_bus, webhooks::PaymentWebhooks};
use domain::{
    Decide, Refusal,
    order::{Order, OrderCommand, PaymentMethod},
    payment::{Payment, PaymentCommand},
    value::{Currency, Money},
};
use event_store::{
    Append, BusOptions, Claim, CommandContext, Filter, Log, MemoryLog, Metadata, NewEvent, RecordedEvent,
    StreamId,
};
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const CUSTOMER: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
pub(crate) const NOBODY: &str = "01890a5d-ac96-774b-bcce-000000000000";

pub(crate) struct Shop {
    pub(crate) log: Log,
    pub(crate) commands: Commands,
    state: ApiState,
    router: Router,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// A request to be sent.
pub(crate) struct Ask {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

pub(crate) fn post(path: impl Into<String>, body: &Value) -> Ask {
    ask(Method::POST, path, body)
}

pub(crate) fn ask(method: Method, path: impl Into<String>, body: &Value) -> Ask {
    raw(method, path, "application/json", body.to_string())
}

pub(crate) fn raw(
    method: Method,
    path: impl Into<String>,
    media_type: &str,
    body: impl Into<Vec<u8>>,
) -> Ask {
    Ask {
        method,
        path: path.into(),
        headers: vec![("content-type", media_type.to_owned())],
        body: body.into(),
    }
}

/// A request without a body.
pub(crate) fn bare(method: Method, path: impl Into<String>) -> Ask {
    Ask {
        method,
        path: path.into(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

impl Ask {
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn keyed(self, key: &str) -> Self {
        self.with("idempotency-key", key)
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The problem, after a look at what all problems have in common.
    pub(crate) fn problem(&self) -> (u16, String, Option<String>) {
        let body = self.json();
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self:?}"
        );
        assert_eq!(body["status"], self.status.as_u16(), "{self:?}");
        assert_eq!(
            body["type"].as_str().unwrap(),
            format!("urn:souk:problem:{}", body["code"].as_str().unwrap())
        );
        assert!(
            body["title"].is_string() && body["detail"].is_string(),
            "{self:?}"
        );
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        (self.status.as_u16(), text("code").unwrap(), text("field"))
    }

    /// The answer to a command that was done.
    pub(crate) fn done(self, status: u16) -> Self {
        let body = self.json();
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.header("souk-position"), body["position"].to_string());
        assert!(body["id"].is_string() && body["sequence"].is_i64(), "{self:?}");
        self
    }
}

impl Shop {
    pub(crate) fn new() -> Self {
        Self::on(
            Arc::new(MemoryLog::new(DateTime::<Utc>::default)),
            ApiOptions::default(),
        )
    }

    pub(crate) fn on(log: Log, options: ApiOptions) -> Self {
        let bus = shop_bus(log.clone(), BusOptions::default());
        Self::with(log, Commands::new(Arc::new(bus)), options)
    }

    /// A shop with a clock of its own.
    pub(crate) fn at(now: fn() -> DateTime<Utc>) -> Self {
        let Self { log, commands, .. } = Self::new();
        Self::with(log, commands.with_clock(now), ApiOptions::default())
    }

    fn with(log: Log, commands: Commands, options: ApiOptions) -> Self {
        let state = ApiState::new(commands.clone(), options);
        Self {
            router: router(state.clone()),
            state,
            log,
            commands,
        }
    }

    pub(crate) fn with_webhooks(mut self, webhooks: Arc<dyn PaymentWebhooks>) -> Self {
        self.state = self.state.with_payment_webhooks(webhooks);
        self.router = router(self.state.clone());
        self
    }

    pub(crate) async fn send(&self, ask: Ask) -> Reply {
        let mut request = Request::builder().method(ask.method).uri(ask.path);
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        self.request(request.body(Body::from(ask.body)).unwrap()).await
    }

    pub(crate) async fn request(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// The request is refused like this, and nothing is written.
    #[track_caller]
    pub(crate) fn refuses(
        &self,
        ask: Ask,
        status: u16,
        code: &str,
        field: Option<&str>,
    ) -> impl Future<Output = Reply> {
        let caller = std::panic::Location::caller();
        let expected = (status, code.to_owned(), field.map(str::to_owned));
        async move {
            let before = self.head().await;
            let reply = self.send(ask).await;
            assert_eq!(reply.problem(), expected, "at {caller}: {}", reply.text);
            assert_eq!(self.head().await, before, "at {caller}: something was written");
            reply
        }
    }

    pub(crate) async fn head(&self) -> i64 {
        self.log.head().await.unwrap()
    }

    pub(crate) async fn events(&self) -> Vec<RecordedEvent> {
        self.log.read(0, usize::MAX, &Filter::default()).await.unwrap()
    }

    pub(crate) async fn event_types(&self) -> Vec<String> {
        let events = self.events().await;
        events.into_iter().map(|event| event.event_type).collect()
    }

    pub(crate) async fn last_payload(&self) -> Value {
        let event = self.events().await.pop().unwrap();
        serde_json::from_str(&event.payload).unwrap()
    }

    /// Does what only process managers do.
    pub(crate) async fn drive<A>(&self, id: &str, commands: impl IntoIterator<Item = A::Command>)
    where
        A: Decide + 'static,
        A::Command: Clone,
        A::Error: Refusal,
    {
        for command in commands {
            let context = CommandContext::default();
            self.commands
                .bus()
                .execute::<A>(id, command, context)
                .await
                .unwrap();
        }
    }

    /// Lists a product as it was listed before there were rules for what it is listed with.
    pub(crate) async fn listed_before(&self, payload: &Value, sku: &str) {
        let append = Append {
            stream: StreamId::new("product", NOBODY),
            expected: 0,
            events: vec![NewEvent {
                event_type: "ProductCreated".to_owned(),
                event_version: "1".to_owned(),
                payload: payload.to_string(),
            }],
            metadata: Metadata::default().to_json().unwrap(),
            keys: Vec::new(),
            claims: vec![Claim {
                scope: "product.sku".to_owned(),
                value: sku.to_owned(),
            }],
        };
        let slot = self.log.reserve().await.unwrap();
        slot.submit(append).await.unwrap();
    }

    pub(crate) async fn account(&self, currency: &str) -> String {
        let body = json!({"owner_id": CUSTOMER, "currency": currency});
        self.send(post("/v1/accounts", &body)).await.done(201).id()
    }

    /// A product with one variant that costs 20.00 EUR.
    pub(crate) async fn product(&self, sku: &str) -> String {
        let id = self.unpriced_product(sku).await;
        let price = json!({"price": {"amount": 2000, "currency": "EUR"}});
        let path = format!("/v1/products/{id}/prices");
        self.send(post(path, &price)).await.done(202).id()
    }

    pub(crate) async fn unpriced_product(&self, sku: &str) -> String {
        self.send(post("/v1/products", &product(sku)))
            .await
            .done(201)
            .id()
    }

    /// Opens warehouses, so that goods can be received there.
    pub(crate) async fn warehouses(&self, codes: &[&str]) {
        for code in codes {
            let body = json!({"code": code, "name": format!("Warehouse {code}")});
            self.send(post("/v1/warehouses", &body)).await.done(201);
        }
    }

    pub(crate) async fn order(&self) -> String {
        self.product("A-1").await;
        self.send(post("/v1/orders", &order("A-1", 2)))
            .await
            .done(201)
            .id()
    }

    pub(crate) async fn paid_order(&self) -> String {
        let id = self.order().await;
        self.drive::<Order>(&id, [OrderCommand::Confirm, OrderCommand::MarkPaid])
            .await;
        id
    }

    /// A captured payment of 40.00 EUR.
    pub(crate) async fn payment(&self) -> &'static str {
        self.payment_of(4000, Currency::EUR).await
    }

    /// A payment by card that was captured.
    pub(crate) async fn payment_of(&self, amount: i64, currency: Currency) -> &'static str {
        let request = PaymentCommand::Request {
            order_id: NOBODY.parse().unwrap(),
            customer_id: CUSTOMER.parse().unwrap(),
            amount: Money { amount, currency },
            method: PaymentMethod::Card {
                token: "tok_approved".to_owned().try_into().unwrap(),
            },
        };
        let authorised = PaymentCommand::RecordAuthorised {
            gateway_reference: None,
        };
        let captured = PaymentCommand::RecordCaptured;
        self.drive::<Payment>(
            NOBODY,
            [request, authorised, PaymentCommand::RequestCapture, captured],
        )
        .await;
        NOBODY
    }
}

pub(crate) fn product(sku: &str) -> Value {
    json!({
        "name": "Walnut headphones",
        "slug": format!("product-{}", sku.to_lowercase()),
        "description": "They are made of walnut.",
        "categories": ["audio/headphones"],
        "tags": ["wood"],
        "images": [{"url": "https://example.org/1.jpg", "alt": "headphones"}],
        "variants": [{"sku": sku, "name": "dark"}],
        "tax_rate_bp": 1900,
    })
}

pub(crate) fn order(sku: &str, quantity: i64) -> Value {
    json!({
        "customer_id": CUSTOMER,
        "lines": [{"sku": sku, "quantity": quantity}],
        "payment": {"method": "card", "token": "tok_approved"},
        "shipping_address": {
            "name": "Ada", "street": "Unter den Linden 1", "city": "Berlin",
            "postal_code": "10117", "country": "DE",
        },
    })
}
