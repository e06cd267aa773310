//! What always holds of a payment, whatever it is asked.

use proptest::{option, prelude::*};

use super::{GatewayFact, Payment, PaymentCommand, PaymentEvent, PaymentPhase, PaymentSource};
use crate::{
    account::LedgerAccount,
    testing::{
        arbitrary::{amounts, ids, money, payment_methods, texts},
        laws::aggregate_laws,
        value::eur,
    },
    value::{CustomerId, Money, OrderId, RefundId, ReturnId},
};

aggregate_laws!(Payment, commands(), events(), always);

/// Parts of what a payment is mostly about.
fn parts() -> impl Strategy<Value = Money> {
    prop_oneof![4 => (1..=400_i64).prop_map(eur), 1 => money()]
}

fn bearers() -> impl Strategy<Value = LedgerAccount> {
    prop::sample::select(vec![LedgerAccount::Revenue, LedgerAccount::WriteOffs])
}

fn facts() -> impl Strategy<Value = GatewayFact> {
    let refunds = || ids(RefundId::new);
    prop_oneof![
        texts().prop_map(|gateway_reference| GatewayFact::Authorised { gateway_reference }),
        texts().prop_map(|code| GatewayFact::Declined { code }),
        (texts(), option::of(parts())).prop_map(|(gateway_reference, amount)| GatewayFact::Captured {
            gateway_reference,
            amount
        }),
        texts().prop_map(|code| GatewayFact::CaptureFailed { code }),
        Just(GatewayFact::Voided),
        (refunds(), parts()).prop_map(|(refund_id, amount)| GatewayFact::Refunded { refund_id, amount }),
        (refunds(), parts()).prop_map(|(refund_id, amount)| GatewayFact::RefundedInAll { refund_id, amount }),
        (refunds(), texts()).prop_map(|(refund_id, code)| GatewayFact::RefundFailed { refund_id, code }),
    ]
}

fn commands() -> impl Strategy<Value = PaymentCommand> {
    let refunds = || ids(RefundId::new);
    prop_oneof![
        3 => (ids(OrderId::new), ids(CustomerId::new), amounts().prop_map(eur), payment_methods()).prop_map(
            |(order_id, customer_id, amount, method)| PaymentCommand::Request {
                order_id,
                customer_id,
                amount,
                method,
            }
        ),
        3 => option::of(texts())
            .prop_map(|gateway_reference| PaymentCommand::RecordAuthorised { gateway_reference }),
        1 => texts().prop_map(|code| PaymentCommand::RecordDeclined { code }),
        3 => Just(PaymentCommand::RequestCapture),
        3 => Just(PaymentCommand::RecordCaptured),
        1 => parts().prop_map(|amount| PaymentCommand::RecordPartCaptured { amount }),
        1 => texts().prop_map(|code| PaymentCommand::RecordCaptureFailed { code }),
        1 => Just(PaymentCommand::RequestVoid),
        1 => Just(PaymentCommand::RecordVoided),
        6 => (refunds(), parts(), texts()).prop_map(|(refund_id, amount, reason)| {
            PaymentCommand::RequestRefund { refund_id, amount, reason }
        }),
        2 => refunds().prop_map(|refund_id| PaymentCommand::RecordRefunded { refund_id }),
        2 => (refunds(), texts())
            .prop_map(|(refund_id, code)| PaymentCommand::RecordRefundFailed { refund_id, code }),
        3 => facts().prop_map(|fact| PaymentCommand::RecordGatewayFact { fact }),
        2 => (refunds(), parts(), texts(), bearers(), option::of(ids(ReturnId::new))).prop_map(
            |(refund_id, amount, reason, borne_by, return_id)| {
                PaymentCommand::RefundAtMost { refund_id, amount, reason, borne_by, return_id }
            }
        ),
    ]
}

pub(crate) fn events() -> impl Strategy<Value = PaymentEvent> {
    let orders = || ids(OrderId::new);
    let refunds = || (ids(OrderId::new), ids(RefundId::new));
    let sources = || prop::sample::select(vec![PaymentSource::Account, PaymentSource::Card]);
    prop_oneof![
        (orders(), ids(CustomerId::new), money(), payment_methods()).prop_map(
            |(order_id, customer_id, amount, method)| PaymentEvent::Requested {
                order_id,
                customer_id,
                amount,
                method,
            }
        ),
        (orders(), option::of(texts())).prop_map(|(order_id, gateway_reference)| PaymentEvent::Authorised {
            order_id,
            gateway_reference,
        }),
        (orders(), texts()).prop_map(|(order_id, code)| PaymentEvent::Declined { order_id, code }),
        (orders(), money())
            .prop_map(|(order_id, amount)| PaymentEvent::CaptureRequested { order_id, amount }),
        (orders(), money(), sources()).prop_map(|(order_id, amount, source)| PaymentEvent::Captured {
            order_id,
            amount,
            source
        }),
        (orders(), texts()).prop_map(|(order_id, code)| PaymentEvent::CaptureFailed { order_id, code }),
        orders().prop_map(|order_id| PaymentEvent::VoidRequested { order_id }),
        orders().prop_map(|order_id| PaymentEvent::Voided { order_id }),
        (
            refunds(),
            money(),
            texts(),
            bearers(),
            option::of(ids(ReturnId::new))
        )
            .prop_map(|((order_id, refund_id), amount, reason, borne_by, return_id)| {
                PaymentEvent::RefundRequested {
                    order_id,
                    refund_id,
                    amount,
                    reason,
                    borne_by,
                    return_id,
                }
            }),
        (refunds(), money(), sources(), bearers(), any::<bool>()).prop_map(
            |((order_id, refund_id), amount, source, borne_by, unnamed)| {
                PaymentEvent::Refunded {
                    order_id,
                    refund_id,
                    amount,
                    source,
                    borne_by,
                    unnamed,
                }
            }
        ),
        (refunds(), money()).prop_map(|((order_id, refund_id), amount)| PaymentEvent::RefundIdentified {
            order_id,
            refund_id,
            amount,
        }),
        (refunds(), texts()).prop_map(|((order_id, refund_id), code)| PaymentEvent::RefundFailed {
            order_id,
            refund_id,
            code,
        }),
    ]
}

/// Refunded money, and what is about to be, never exceeds the captured.
fn always(payment: &Payment, history: &[PaymentEvent]) {
    let Payment::Open(payment) = payment else {
        return;
    };
    let captured = if payment.phase == PaymentPhase::Captured {
        payment.captured
    } else {
        0
    };
    let under_way: i64 = payment.refunds.values().map(|refund| refund.amount).sum();
    let refunded: i64 = history
        .iter()
        .filter_map(|event| match event {
            PaymentEvent::Refunded { amount, .. } => Some(amount.amount),
            _ => None,
        })
        .sum();
    assert!((0..=under_way).contains(&refunded), "{payment:?}");
    assert!(under_way <= captured, "{payment:?}");
    assert!(captured <= payment.amount.amount, "{payment:?}");
    assert!((0..=refunded).contains(&payment.unnamed), "{payment:?}");
    assert_eq!(payment.refundable(), captured - under_way);
    let captures = history
        .iter()
        .filter(|event| matches!(event, PaymentEvent::Captured { .. }));
    assert!(captures.count() <= 1, "money is captured once");
}
