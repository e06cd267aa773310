//! Deliveries that are genuine, and those that are not.

use domain::{payment::GatewayFact, value::PaymentId};
use uuid::Uuid;

use super::*;

const PAYMENT: PaymentId = PaymentId::new(Uuid::from_u128(7));

fn verifier() -> WebhookVerifier {
    WebhookVerifier::new(SecretKey::new("whsec_test".to_owned()), REPLAY_WINDOW)
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn body(kind: &str, object: &str) -> Vec<u8> {
    format!(r#"{{"id": "evt_1", "type": "{kind}", "livemode": false, "data": {{"object": {object}}}}}"#)
        .into_bytes()
}

fn intent(extra: &str) -> String {
    format!(r#"{{"id": "pi_1", "status": "succeeded", "metadata": {{"payment_id": "{PAYMENT}"}}{extra}}}"#)
}

fn fact(kind: &str, object: &str) -> Option<GatewayFact> {
    let body = body(kind, object);
    let header = verifier().sign(&body, now());
    let notification = verifier().verify(&header, &body, now()).unwrap();
    assert_eq!(notification.event_id, "evt_1");
    let news = notification.news?;
    assert_eq!(news.subject.payment_id, Some(PAYMENT));
    match news.says {
        Says::Fact(fact) => Some(fact),
        Says::Unrecordable(what) => panic!("{what} cannot be recorded"),
    }
}

/// What a delivery says that has no name of ours.
fn says(kind: &str, object: &str) -> Option<(Option<String>, Says)> {
    let body = body(kind, object);
    let header = verifier().sign(&body, now());
    let news = verifier().verify(&header, &body, now()).unwrap().news?;
    assert_eq!(news.subject.payment_id, None);
    Some((news.subject.gateway_reference.map(String::from), news.says))
}

#[test]
fn a_signature_is_the_one_that_stripe_computes() {
    // From `openssl dgst -sha256 -hmac whsec_test` over `1800000000.{}`.
    let header = verifier().sign(b"{}", now());
    assert_eq!(
        header,
        "t=1800000000,v1=482e6337ac5272392d375c6fdc4d52a7e615dc2facedab0ffe155ddfd6a56e66"
    );
}

#[test]
fn what_the_gateway_says_becomes_a_fact() {
    let gateway_reference: domain::value::Text<200> = "pi_1".to_owned().try_into().unwrap();
    assert_eq!(
        fact("payment_intent.amount_capturable_updated", &intent("")),
        Some(GatewayFact::Authorised {
            gateway_reference: gateway_reference.clone()
        })
    );
    assert_eq!(
        fact("payment_intent.succeeded", &intent("")),
        Some(GatewayFact::Captured {
            gateway_reference: gateway_reference.clone(),
            amount: None
        })
    );
    let part = r#", "amount": 900, "amount_received": 400, "currency": "eur""#;
    assert_eq!(
        fact("payment_intent.succeeded", &intent(part)),
        Some(GatewayFact::Captured {
            gateway_reference,
            amount: Some(money(400)),
        })
    );
    assert_eq!(
        fact("payment_intent.canceled", &intent("")),
        Some(GatewayFact::Voided)
    );
    let error = r#", "last_payment_error": {"type": "card_error", "code": "card_declined", "decline_code": "lost_card"}"#;
    assert_eq!(
        fact("payment_intent.payment_failed", &intent(error)),
        Some(GatewayFact::Declined {
            code: "lost_card".to_owned().try_into().unwrap()
        })
    );
}

#[test]
fn a_refund_is_known_by_the_name_that_we_gave_it() {
    let refund_id = domain::value::RefundId::new(Uuid::from_u128(9));
    let refund = |status: &str| {
        format!(
            r#"{{"id": "re_1", "status": "{status}", "amount": 500, "currency": "eur",
                 "metadata": {{"payment_id": "{PAYMENT}", "refund_id": "{refund_id}"}}}}"#
        )
    };
    let amount = serde_json::from_str(r#"{"amount": 500, "currency": "EUR"}"#).unwrap();
    assert_eq!(
        fact("refund.updated", &refund("succeeded")),
        Some(GatewayFact::Refunded { refund_id, amount })
    );
    assert_eq!(
        fact("refund.failed", &refund("failed")),
        Some(GatewayFact::RefundFailed {
            refund_id,
            code: "refund_failed".to_owned().try_into().unwrap()
        })
    );
    assert_eq!(fact("refund.created", &refund("pending")), None);
}

fn money(cents: i64) -> domain::value::Money {
    domain::value::Money {
        amount: cents,
        currency: domain::value::Currency::EUR,
    }
}

#[test]
fn a_refund_that_was_made_at_the_gateway_is_found_by_its_payment_intent_and_named_by_its_own_name() {
    for metadata in ["{}", "null"] {
        let refund = format!(
            r#"{{"id": "re_7", "status": "succeeded", "amount": 500, "currency": "eur",
                 "payment_intent": "pi_1", "metadata": {metadata}}}"#
        );
        let Some((reference, Says::Fact(GatewayFact::Refunded { refund_id, amount }))) =
            says("refund.created", &refund)
        else {
            panic!("a refund is a fact");
        };
        assert_eq!((reference.as_deref(), amount), (Some("pi_1"), money(500)));
        // Each delivery names the same refund, and another refund is another one.
        let again = says("charge.refund.updated", &refund).unwrap().1;
        assert_eq!(again, Says::Fact(GatewayFact::Refunded { refund_id, amount }));
        let other = says("refund.created", &refund.replace("re_7", "re_8")).unwrap().1;
        assert_ne!(again, other);
    }
    // Our payment with no name of the refund.
    let refund = format!(
        r#"{{"id": "re_7", "status": "succeeded", "amount": 500, "currency": "eur",
             "metadata": {{"payment_id": "{PAYMENT}"}}}}"#
    );
    assert!(matches!(
        fact("refund.created", &refund),
        Some(GatewayFact::Refunded { .. })
    ));
}

#[test]
fn the_sum_of_refunds_and_disputes_are_about_a_payment_too() {
    let charge = r#"{"id": "ch_1", "payment_intent": {"id": "pi_1", "object": "payment_intent"}, "amount": 900,
                     "amount_refunded": 500, "currency": "eur", "metadata": null}"#;
    let Some((reference, Says::Fact(GatewayFact::RefundedInAll { amount, .. }))) =
        says("charge.refunded", charge)
    else {
        panic!("a sum is a fact");
    };
    assert_eq!((reference.as_deref(), amount), (Some("pi_1"), money(500)));
    let dispute = r#"{"id": "dp_1", "payment_intent": "pi_1", "amount": 900, "currency": "eur"}"#;
    for kind in [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ] {
        let (reference, says) = says(kind, dispute).unwrap();
        assert_eq!(reference.as_deref(), Some("pi_1"));
        assert!(matches!(says, Says::Unrecordable(_)), "{says:?}");
    }
    // Half a króna has no place in the books.
    let refund =
        r#"{"id": "re_1", "status": "succeeded", "amount": 50, "currency": "isk", "payment_intent": "pi_1"}"#;
    assert!(matches!(
        says("refund.created", refund),
        Some((_, Says::Unrecordable(_)))
    ));
}

#[test]
fn what_is_not_ours_is_let_pass() {
    assert_eq!(fact("payout.paid", "{}"), None);
    assert_eq!(
        fact("refund.created", r#"{"id": "re_1", "status": "succeeded"}"#),
        None
    );
    // Whether it is one of ours, the log knows.
    for metadata in ["", r#", "metadata": null"#] {
        let intent = format!(r#"{{"id": "pi_2", "status": "succeeded"{metadata}}}"#);
        let (reference, _) = says("payment_intent.succeeded", &intent).unwrap();
        assert_eq!(reference.as_deref(), Some("pi_2"));
    }
}

#[test]
fn one_changed_byte_is_found() {
    let body = body("payout.paid", "{}");
    let header = verifier().sign(&body, now());
    let mut changed = body.clone();
    changed[10] ^= 1;
    assert!(matches!(
        verifier().verify(&header, &changed, now()),
        Err(WebhookError::WrongSignature)
    ));
    let later = header.replace("t=1800000000", "t=1800000001");
    assert!(matches!(
        verifier().verify(&later, &body, now()),
        Err(WebhookError::WrongSignature)
    ));
    let other = WebhookVerifier::new(SecretKey::new("whsec_other".to_owned()), REPLAY_WINDOW);
    assert!(matches!(
        other.verify(&header, &body, now()),
        Err(WebhookError::WrongSignature)
    ));
}

#[test]
fn while_the_secret_changes_one_right_signature_is_enough() {
    let body = body("payout.paid", "{}");
    let header = verifier().sign(&body, now());
    let both = header.replace(",v1=", ",v1=00ff,v0=1234,v1=");
    assert!(verifier().verify(&both, &body, now()).is_ok());
}

#[test]
fn a_delivery_outside_of_the_window_is_refused() {
    let body = body("payout.paid", "{}");
    let header = verifier().sign(&body, now());
    let window = chrono::TimeDelta::from_std(REPLAY_WINDOW).unwrap();
    for (moved, taken) in [
        (window, true),
        (-window, true),
        (window * 2, false),
        (-window * 2, false),
    ] {
        let verified = verifier().verify(&header, &body, now() + moved);
        assert_eq!(verified.is_ok(), taken, "{moved}: {verified:?}");
    }
}

#[test]
fn nonsense_is_refused_by_what_is_wrong_with_it() {
    let sign = |body: &[u8]| verifier().sign(body, now());
    for header in [
        "",
        "t=1",
        "v1=00",
        "t=never,v1=00",
        "t=1800000000,v1=zz",
        "t=1800000000,v1=0",
    ] {
        assert!(verifier().verify(header, b"{}", now()).is_err(), "{header:?}");
    }
    let verify = |body: &[u8]| verifier().verify(&sign(body), body, now()).unwrap_err();
    assert!(matches!(verify(b"hello"), WebhookError::Malformed(_)));
    assert!(matches!(
        verify(br#"{"id": "", "type": "x", "data": {"object": {}}}"#),
        WebhookError::NoEventId
    ));
    assert!(matches!(verify(&vec![b' '; MAX_BODY + 1]), WebhookError::TooLong));
}
