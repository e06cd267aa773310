//! The adapter against a server that behaves as Stripe's documentation says.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Form, Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::value::{CardToken, OrderId, PaymentId, RefundId};
use serde_json::{Value, json};

use super::*;

type Fields = HashMap<String, String>;

/// A little Stripe: payments, refunds, and the answers by key.
#[derive(Default)]
struct Account {
    intents: HashMap<String, Value>,
    refunds: Vec<Value>,
    answers: HashMap<String, (StatusCode, Value)>,
    /// How the next calls fail before anything happens, last first.
    before: Vec<StatusCode>,
    /// How the next calls fail after it has happened, last first.
    after: Vec<StatusCode>,
    calls: usize,
}

type Stripe = Arc<Mutex<Account>>;

fn error(status: StatusCode, kind: &str, code: &str, decline_code: Option<&str>) -> (StatusCode, Value) {
    let error = json!({"type": kind, "code": code, "decline_code": decline_code, "message": "do not log"});
    (status, json!({ "error": error }))
}

fn authorised(headers: &HeaderMap) -> bool {
    headers
        .get("authorization")
        .is_some_and(|value| value == "Bearer sk_test_secret")
        && headers.contains_key("stripe-version")
}

/// What Stripe does with every POST: the key of the account, the idempotency key, faults.
fn answer(
    stripe: &Stripe,
    headers: &HeaderMap,
    act: impl FnOnce(&mut Account) -> (StatusCode, Value),
) -> Response {
    let mut account = stripe.lock().unwrap();
    account.calls += 1;
    if !authorised(headers) {
        let (status, body) = error(StatusCode::UNAUTHORIZED, "invalid_request_error", "bad_key", None);
        return (status, Json(body)).into_response();
    }
    if let Some(status) = account.before.pop() {
        return status.into_response();
    }
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    if let Some((status, body)) = account.answers.get(&key) {
        return (*status, [("Idempotent-Replayed", "true")], Json(body.clone())).into_response();
    }
    let mut answered = act(&mut account);
    if let Some(status) = account.after.pop() {
        answered = (status, json!({}));
    }
    account.answers.insert(key, answered.clone());
    (answered.0, Json(answered.1)).into_response()
}

async fn create(State(stripe): State<Stripe>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    answer(&stripe, &headers, |account| {
        assert_eq!(form["capture_method"], "manual");
        assert_eq!(form["currency"], "eur");
        let status = match form["payment_method"].as_str() {
            "pm_card_visa_chargeDeclinedInsufficientFunds" => {
                return error(
                    StatusCode::PAYMENT_REQUIRED,
                    "card_error",
                    "card_declined",
                    Some("insufficient_funds"),
                );
            }
            "pm_unknown" => {
                return error(
                    StatusCode::BAD_REQUEST,
                    "invalid_request_error",
                    "resource_missing",
                    None,
                );
            }
            "pm_card_slow" => "processing",
            _ => "requires_capture",
        };
        let id = format!("pi_{}", account.intents.len() + 1);
        let intent = json!({
            "id": id, "status": status, "amount": form["amount"],
            "metadata": {"payment_id": form["metadata[payment_id]"]},
        });
        account.intents.insert(id, intent.clone());
        (StatusCode::OK, intent)
    })
}

fn step(stripe: &Stripe, headers: &HeaderMap, id: &str, to: &str) -> Response {
    answer(stripe, headers, |account| {
        let intent = account.intents.get_mut(id).unwrap();
        if intent["status"] != "requires_capture" {
            let code = "payment_intent_unexpected_state";
            return error(StatusCode::BAD_REQUEST, "invalid_request_error", code, None);
        }
        intent["status"] = to.into();
        (StatusCode::OK, intent.clone())
    })
}

async fn capture(State(stripe): State<Stripe>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    step(&stripe, &headers, &id, "succeeded")
}

async fn cancel(State(stripe): State<Stripe>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    step(&stripe, &headers, &id, "canceled")
}

async fn refund(State(stripe): State<Stripe>, headers: HeaderMap, Form(form): Form<Fields>) -> Response {
    answer(&stripe, &headers, |account| {
        let refund = json!({
            "id": "re_1", "status": "pending", "amount": form["amount"].parse::<i64>().unwrap(),
            "payment_intent": form["payment_intent"],
            "metadata": {"refund_id": form["metadata[refund_id]"], "payment_id": form["metadata[payment_id]"]},
        });
        account.refunds.push(refund.clone());
        (StatusCode::OK, refund)
    })
}

async fn refunds(State(stripe): State<Stripe>, Query(query): Query<Fields>) -> Json<Value> {
    let account = stripe.lock().unwrap();
    let of = |refund: &&Value| refund["payment_intent"] == query["payment_intent"];
    let data: Vec<&Value> = account.refunds.iter().filter(of).collect();
    Json(json!({ "data": data }))
}

async fn search(State(stripe): State<Stripe>, Query(query): Query<Fields>) -> Json<Value> {
    let account = stripe.lock().unwrap();
    let wanted = |intent: &&Value| {
        let payment_id = intent["metadata"]["payment_id"].as_str().unwrap();
        query["query"] == format!("metadata['payment_id']:'{payment_id}'")
    };
    let data: Vec<&Value> = account.intents.values().filter(wanted).collect();
    Json(json!({ "data": data }))
}

async fn intent(State(stripe): State<Stripe>, Path(id): Path<String>) -> Json<Value> {
    Json(stripe.lock().unwrap().intents[&id].clone())
}

async fn start() -> (StripeGateway, Stripe) {
    let stripe = Stripe::default();
    let router = Router::new()
        .route("/v1/payment_intents", post(create))
        .route("/v1/payment_intents/search", get(search))
        .route("/v1/payment_intents/{id}", get(intent))
        .route("/v1/payment_intents/{id}/capture", post(capture))
        .route("/v1/payment_intents/{id}/cancel", post(cancel))
        .route("/v1/refunds", post(refund).get(refunds))
        .with_state(Arc::clone(&stripe));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let key = SecretKey::new("sk_test_secret".to_owned());
    (
        StripeGateway::new(&format!("http://{address}"), key).unwrap(),
        stripe,
    )
}

fn euros(cents: i64) -> Money {
    serde_json::from_value(json!({"amount": cents, "currency": "EUR"})).unwrap()
}

fn key(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

async fn authorise(
    gateway: &StripeGateway,
    number: u128,
    token: &str,
) -> Result<GatewayAnswer, GatewayError> {
    let token = CardToken::try_from(token.to_owned()).unwrap();
    let authorisation = Authorisation {
        payment_id: PaymentId::new(key(number)),
        order_id: OrderId::new(key(8)),
        token: &token,
        amount: euros(1_000),
    };
    gateway.authorise(key(number), authorisation).await
}

fn reference(answer: Result<GatewayAnswer, GatewayError>) -> Text<200> {
    match answer {
        Ok(GatewayAnswer::Approved { reference }) => reference,
        other => panic!("not approved: {other:?}"),
    }
}

fn decline(answer: Result<GatewayAnswer, GatewayError>) -> String {
    match answer {
        Ok(GatewayAnswer::Declined { code }) => code.to_string(),
        other => panic!("not declined: {other:?}"),
    }
}

#[tokio::test]
async fn a_payment_is_authorised_captured_and_refunded() {
    let (gateway, stripe) = start().await;
    let payment = reference(authorise(&gateway, 1, "pm_card_visa").await);
    assert_eq!(payment.as_str(), "pi_1");
    assert_eq!(
        reference(gateway.capture(key(2), &payment, euros(1_000)).await),
        payment
    );
    let order = RefundOrder {
        payment_id: PaymentId::new(key(1)),
        refund_id: RefundId::new(key(3)),
        reference: &payment,
        amount: euros(400),
    };
    // Until the bank has it, nobody knows; then the refund itself tells, though the key repeats "pending".
    for _ in 0..2 {
        let undecided = gateway.refund(key(3), order).await;
        assert!(matches!(undecided, Err(GatewayError::Undecided)), "{undecided:?}");
    }
    stripe.lock().unwrap().refunds[0]["status"] = "succeeded".into();
    assert_eq!(reference(gateway.refund(key(3), order).await), payment);
    assert_eq!(stripe.lock().unwrap().refunds.len(), 1);
}

#[tokio::test]
async fn an_authorisation_is_given_up_and_then_cannot_be_captured() {
    let (gateway, _) = start().await;
    let payment = reference(authorise(&gateway, 1, "pm_card_visa").await);
    assert_eq!(reference(gateway.void(key(2), &payment).await), payment);
    let captured = gateway.capture(key(3), &payment, euros(1_000)).await;
    assert_eq!(decline(captured), "authorisation_expired");
    // To give it up once more, under another key, changes nothing.
    assert_eq!(reference(gateway.void(key(4), &payment).await), payment);
}

#[tokio::test]
async fn a_declined_card_has_the_reason_of_the_bank() {
    let (gateway, _) = start().await;
    let answer = authorise(&gateway, 1, "pm_card_visa_chargeDeclinedInsufficientFunds").await;
    assert_eq!(decline(answer), "insufficient_funds");
}

#[tokio::test]
async fn the_same_key_makes_one_payment() {
    let (gateway, stripe) = start().await;
    let one = reference(authorise(&gateway, 1, "pm_card_visa").await);
    assert_eq!(reference(authorise(&gateway, 1, "pm_card_visa").await), one);
    assert_eq!(stripe.lock().unwrap().intents.len(), 1);
}

#[tokio::test]
async fn what_stripe_does_not_answer_is_unknown_and_can_be_asked_again() {
    let (gateway, stripe) = start().await;
    let troubles = [
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::CONFLICT,
    ];
    for trouble in troubles {
        stripe.lock().unwrap().before.push(trouble);
        let unknown = authorise(&gateway, 1, "pm_card_visa").await;
        assert!(
            matches!(unknown, Err(GatewayError::Unavailable(_))),
            "{unknown:?}"
        );
    }
    assert_eq!(
        reference(authorise(&gateway, 1, "pm_card_visa").await).as_str(),
        "pi_1"
    );
}

#[tokio::test]
async fn a_fault_that_stripe_repeats_is_looked_through() {
    let (gateway, stripe) = start().await;
    stripe
        .lock()
        .unwrap()
        .after
        .push(StatusCode::INTERNAL_SERVER_ERROR);
    let unknown = authorise(&gateway, 1, "pm_card_visa").await;
    assert!(
        matches!(unknown, Err(GatewayError::Unavailable(_))),
        "{unknown:?}"
    );
    // It was made all the same; the key alone would bring the fault for a day.
    let payment = reference(authorise(&gateway, 1, "pm_card_visa").await);
    assert_eq!(payment.as_str(), "pi_1");

    stripe.lock().unwrap().after.push(StatusCode::BAD_GATEWAY);
    let unknown = gateway.capture(key(2), &payment, euros(1_000)).await;
    assert!(
        matches!(unknown, Err(GatewayError::Unavailable(_))),
        "{unknown:?}"
    );
    assert_eq!(
        reference(gateway.capture(key(2), &payment, euros(1_000)).await),
        payment
    );
}

#[tokio::test]
async fn a_payment_that_stripe_works_on_is_not_decided() {
    let (gateway, stripe) = start().await;
    let undecided = authorise(&gateway, 1, "pm_card_slow").await;
    assert!(matches!(undecided, Err(GatewayError::Undecided)), "{undecided:?}");
    stripe.lock().unwrap().intents.get_mut("pi_1").unwrap()["status"] = "requires_capture".into();
    assert_eq!(
        reference(authorise(&gateway, 1, "pm_card_slow").await).as_str(),
        "pi_1"
    );
}

#[tokio::test]
async fn a_wrong_question_is_refused_without_repeating_what_was_asked() {
    let (gateway, _) = start().await;
    match authorise(&gateway, 1, "pm_unknown").await {
        Err(GatewayError::Refused { reason }) => {
            assert_eq!(
                reason,
                "Stripe answers 400 (invalid_request_error, resource_missing)"
            );
        }
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn nobody_there_is_unknown_too() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let key = SecretKey::new("sk_test_secret".to_owned());
    let gateway = StripeGateway::new(&format!("http://{address}"), key).unwrap();
    let unknown = authorise(&gateway, 1, "pm_card_visa").await;
    assert!(
        matches!(unknown, Err(GatewayError::Unavailable(_))),
        "{unknown:?}"
    );
}

#[test]
fn the_key_is_never_shown() {
    let key = SecretKey::new("sk_test_secret".to_owned());
    assert_eq!(format!("{key:?}"), "SecretKey(***)");
    let gateway = StripeGateway::new(BASE_URL, key).unwrap();
    assert!(!format!("{gateway:?}").contains("sk_test"), "{gateway:?}");
}

#[tokio::test]
async fn an_amount_that_stripe_cannot_count_is_declined_without_a_question() {
    let (gateway, stripe) = start().await;
    let money = |json: Value| serde_json::from_value::<Money>(json).unwrap();
    for amount in [
        json!({"amount": 12_345, "currency": "MGA"}),
        json!({"amount": 5_123, "currency": "KWD"}),
    ] {
        let token = CardToken::try_from("pm_card_visa".to_owned()).unwrap();
        let authorisation = Authorisation {
            payment_id: PaymentId::new(Uuid::from_u128(1)),
            order_id: OrderId::new(Uuid::from_u128(2)),
            token: &token,
            amount: money(amount),
        };
        let answer = gateway.authorise(key(1), authorisation).await;
        assert_eq!(decline(answer), "amount_not_chargeable");
    }
    assert_eq!(stripe.lock().unwrap().calls, 0);
}

#[tokio::test]
async fn a_part_that_the_staff_captured_at_stripe_is_what_was_captured() {
    let (gateway, stripe) = start().await;
    let payment = reference(authorise(&gateway, 1, "pm_card_visa").await);
    {
        let mut account = stripe.lock().unwrap();
        let intent = account.intents.get_mut(payment.as_str()).unwrap();
        intent["status"] = "succeeded".into();
        intent["amount_received"] = 400.into();
        intent["currency"] = "eur".into();
    }
    let answer = gateway.capture(key(2), &payment, euros(1_000)).await.unwrap();
    let captured = euros(400);
    assert_eq!(answer, GatewayAnswer::PartApproved { captured });
}
