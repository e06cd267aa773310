use domain::{
    account::LedgerAccount,
    order::PaymentMethod,
    payment::{Payment, PaymentCommand, PaymentPhase},
    value::{Currency, Money},
};

use crate::testing::{Shop, Stage, account_id, customer_id, money, order_id, payment_id, refund_id, text};

async fn request(shop: &mut Shop, method: PaymentMethod) {
    let request = PaymentCommand::Request {
        order_id: order_id(1),
        customer_id: customer_id(1),
        amount: money(5_000, "EUR"),
        method,
    };
    shop.payment(1, request).await;
}

fn card() -> PaymentMethod {
    PaymentMethod::Card {
        token: text("tok_secret"),
    }
}

#[tokio::test]
async fn a_payment_shows_what_was_authorised_captured_and_refunded() {
    let mut shop = Shop::new();
    request(&mut shop, card()).await;
    for command in [
        PaymentCommand::RecordAuthorised {
            gateway_reference: Some(text("pi_1")),
        },
        PaymentCommand::RequestCapture,
        PaymentCommand::RecordCaptured,
        PaymentCommand::RequestRefund {
            refund_id: refund_id(1),
            amount: money(700, "EUR"),
            reason: text("broken"),
        },
        PaymentCommand::RecordRefunded {
            refund_id: refund_id(1),
        },
        PaymentCommand::RequestRefund {
            refund_id: refund_id(2),
            amount: money(300, "EUR"),
            reason: text("scratched"),
        },
        PaymentCommand::RecordRefundFailed {
            refund_id: refund_id(2),
            code: text("account_closed"),
        },
    ] {
        shop.payment(1, command).await;
    }
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("payments").await.payments();
    let id = payment_id(1);
    let payment = reader.payments_by_id(&[id]).await.unwrap().remove(&id).unwrap();
    assert_eq!(
        (payment.state.as_str(), payment.method.as_str()),
        ("captured", "card")
    );
    assert_eq!(
        (
            payment.authorised.amount,
            payment.captured.amount,
            payment.refunded.amount
        ),
        (5_000, 5_000, 700)
    );
    assert_eq!(payment.gateway_reference.as_deref(), Some("pi_1"));
    assert_eq!((payment.failure_code, payment.sequence), (None, 8));
    let refunds = reader.refunds_of(&[id]).await.unwrap().remove(&id).unwrap();
    let told: Vec<_> = refunds
        .iter()
        .map(|refund| {
            let code = refund.failure_code.as_deref();
            (
                refund.amount.amount,
                refund.state.as_str(),
                refund.reason.as_deref(),
                code,
            )
        })
        .collect();
    let expected = [
        (700, "refunded", Some("broken"), None),
        (300, "failed", Some("scratched"), Some("account_closed")),
    ];
    assert_eq!(told, expected);
    assert_eq!(refunds[0].borne_by, LedgerAccount::Revenue.name());
}

#[tokio::test]
async fn a_declined_payment_says_why_and_authorised_nothing() {
    let mut shop = Shop::new();
    let account_id = account_id(1);
    request(&mut shop, PaymentMethod::Account { account_id }).await;
    let code = text("insufficient_funds");
    shop.payment(1, PaymentCommand::RecordDeclined { code }).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("payments").await.payments();
    let id = payment_id(1);
    let payment = reader.payments_by_id(&[id]).await.unwrap().remove(&id).unwrap();
    assert_eq!(payment.state, "declined");
    assert_eq!(payment.failure_code.as_deref(), Some("insufficient_funds"));
    assert_eq!(payment.account_id, Some(account_id));
    let nothing = Money::zero(Currency::EUR);
    assert_eq!((payment.authorised, payment.captured), (nothing, nothing));
}

#[tokio::test]
async fn the_token_of_a_card_is_in_no_row() {
    let mut shop = Shop::new();
    request(&mut shop, card()).await;
    let stage = Stage::new(shop.log()).await;
    stage.build("payments").await;
    let schema = stage.live_schema("payments").await;
    let secret = format!("SELECT count(*) FROM {schema}.payments AS p WHERE p::text LIKE '%tok_secret%'");
    let found: i64 = sqlx::query_scalar(&secret).fetch_one(&stage.pool).await.unwrap();
    assert_eq!(found, 0);
}

#[tokio::test]
async fn every_payment_is_as_the_write_side_has_it() {
    let shop = Shop::with_past(141, 2_500).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("payments").await.payments();
    let sequences = shop.sequences("payment");
    let (mut seen, mut refunded) = (0, 0);
    for (id, payment) in shop.payments() {
        let row = reader.payments_by_id(&[id]).await.unwrap().remove(&id);
        let Payment::Open(payment) = payment else {
            assert_eq!(row, None);
            continue;
        };
        let row = row.unwrap();
        assert_eq!(
            (row.amount, row.method.as_str()),
            (payment.amount, payment.method.name())
        );
        let is_captured = payment.phase == PaymentPhase::Captured;
        assert_eq!(row.captured.amount > 0, is_captured, "{row:?}");
        let done = payment.refunds.values().filter(|refund| refund.done);
        let sum: i64 = done.map(|refund| refund.amount).sum();
        assert_eq!(row.refunded.amount, sum);
        assert_eq!(Some(row.sequence), sequences.get(&id.to_string()).copied());
        seen += 1;
        refunded += sum;
    }
    assert!(seen > 4 && refunded > 0, "{seen} payments, {refunded} refunded");
}
