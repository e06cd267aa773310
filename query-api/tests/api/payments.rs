//! `payment`, and the payment of an order.

use domain::payment::{Payment, PaymentCommand};
use serde_json::json;

use crate::{
    shop::{Shop, eur, order_id, payment_id, refund_id, text},
    stage::Stage,
};

const FIELDS: &str = "id method state amount { amount } authorised { amount } captured { amount } \
                      refunded { amount } failureCode sequence order { id } subscription { id } \
                      refunds { amount { amount } state reason }";

/// A shop where order 1 was carried out, and its payment was captured and partly refunded.
async fn stage() -> Stage {
    let shop = Shop::new();
    shop.list(1, "Teapot", "home/kitchen", 1_190).await;
    shop.receive(1, "north", None, 9).await;
    shop.open(1, 5_000).await;
    shop.place(1, 1, &[1]).await;
    shop.place(2, 1, &[1]).await;
    shop.carry_out(1, 1, 1).await;
    let refund = PaymentCommand::RequestRefund {
        refund_id: refund_id(1),
        amount: eur(190),
        reason: text("scratched"),
    };
    for command in [
        PaymentCommand::RequestCapture,
        PaymentCommand::RecordCaptured,
        refund,
        PaymentCommand::RecordRefunded {
            refund_id: refund_id(1),
        },
    ] {
        shop.send::<Payment>(payment_id(1), command).await;
    }
    Stage::new(shop).await
}

#[tokio::test]
async fn a_payment_shows_its_sums_its_refunds_and_its_order() {
    let stage = stage().await;
    let query = format!("{{ payment(id: \"{}\") {{ {FIELDS} }} }}", payment_id(1));
    let payment = stage.data(&query).await["payment"].take();
    let expected = json!({
        "id": payment_id(1).to_string(), "method": "ACCOUNT", "state": "CAPTURED",
        "amount": {"amount": "1190"}, "authorised": {"amount": "1190"}, "captured": {"amount": "1190"},
        "refunded": {"amount": "190"}, "failureCode": null, "sequence": 6,
        "order": {"id": order_id(1).to_string()}, "subscription": null,
        "refunds": [{"amount": {"amount": "190"}, "state": "REFUNDED", "reason": "scratched"}],
    });
    assert_eq!(payment, expected);
    let query = format!(
        "{{ order(id: \"{}\") {{ payment {{ {FIELDS} }} }} }}",
        order_id(1)
    );
    assert_eq!(stage.data(&query).await["order"]["payment"], expected);
}

#[tokio::test]
async fn a_payment_that_was_not_requested_yet_is_known_by_its_order_alone() {
    let stage = stage().await;
    let query = format!(
        "{{ order(id: \"{}\") {{ payment {{ {FIELDS} }} }} }}",
        order_id(2)
    );
    let expected = json!({
        "id": payment_id(2).to_string(), "method": "ACCOUNT", "state": null, "amount": null, "authorised": null,
        "captured": null, "refunded": null, "failureCode": null, "sequence": null, "order": null,
        "subscription": null, "refunds": null,
    });
    assert_eq!(stage.data(&query).await["order"]["payment"], expected);
    let query = format!("{{ payment(id: \"{}\") {{ id }} }}", payment_id(2));
    assert_eq!(stage.data(&query).await["payment"], json!(null));
}

#[tokio::test]
async fn a_declined_payment_says_why() {
    let shop = Shop::new();
    shop.list(1, "Teapot", "home/kitchen", 1_190).await;
    shop.open(1, 5_000).await;
    shop.place(1, 1, &[1]).await;
    let request = PaymentCommand::Request {
        order_id: order_id(1),
        customer_id: crate::shop::customer_id(1),
        amount: eur(1_190),
        method: domain::order::PaymentMethod::Card {
            token: text("tok_declined"),
        },
    };
    shop.send::<Payment>(payment_id(1), request).await;
    let code = text("card_declined");
    shop.send::<Payment>(payment_id(1), PaymentCommand::RecordDeclined { code })
        .await;
    let stage = Stage::new(shop).await;
    let query = format!("{{ payment(id: \"{}\") {{ {FIELDS} }} }}", payment_id(1));
    let answer = stage.ask(&query).await;
    assert_eq!(answer["data"]["payment"]["state"], json!("DECLINED"));
    assert_eq!(answer["data"]["payment"]["failureCode"], json!("card_declined"));
    assert_eq!(answer["data"]["payment"]["authorised"], json!({"amount": "0"}));
    assert!(!answer.to_string().contains("tok_declined"), "{answer}");
}
