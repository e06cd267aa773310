//! The rules of an order.

mod life;
mod placement;
mod properties;
mod returns;

pub(crate) use self::properties::events;
use super::{
    CancelReason, Disposal, Line, MAX_LINES, MAX_OPEN_RETURNS, MAX_RETURNS, Order, OrderCommand, OrderError,
    OrderEvent, OrderStatus, Placement, ReturnLine, TakenBack, units_by_sku,
};
use crate::{
    Refusal, RefusalKind,
    testing::{
        given,
        value::{address, by_account, by_card, customer_id, eur, line, payment_id, sku, text, units, usd},
        when,
    },
};

/// An order of two lamps at 11.90 EUR, which contain 1.90 EUR of tax each.
fn placement() -> Placement {
    Placement {
        customer_id: customer_id(1),
        lines: vec![line("LAMP", 2, eur(1190))],
        payment_id: payment_id(1),
        payment: by_account(),
        shipping_address: address(),
        expected_total: None,
    }
}

fn place(change: impl FnOnce(&mut Placement)) -> OrderCommand {
    let mut placement = placement();
    change(&mut placement);
    OrderCommand::Place(Box::new(placement))
}

fn placed() -> OrderEvent {
    OrderEvent::Placed {
        customer_id: customer_id(1),
        lines: vec![line("LAMP", 2, eur(1190))],
        total: eur(2380),
        tax: eur(380),
        payment_id: payment_id(1),
        payment: by_account(),
        shipping_address: address(),
    }
}

const fn confirmed() -> OrderEvent {
    OrderEvent::Confirmed {}
}

const fn paid() -> OrderEvent {
    OrderEvent::Paid {}
}

const fn delivered() -> OrderEvent {
    OrderEvent::Delivered {}
}

const CHANGED_MIND: CancelReason = CancelReason::ByCustomer { note: None };

const fn cancel(reason: CancelReason) -> OrderCommand {
    OrderCommand::Cancel { reason }
}

const fn cancelled(reason: CancelReason) -> OrderEvent {
    OrderEvent::Cancelled { reason }
}

fn ship() -> OrderCommand {
    OrderCommand::Ship {
        carrier: Some(text("Swift")),
        tracking_number: text("SW-1"),
    }
}

fn shipped() -> OrderEvent {
    OrderEvent::Shipped {
        carrier: Some(text("Swift")),
        tracking_number: text("SW-1"),
    }
}

#[test]
fn a_refusal_tells_programs_what_it_is_about() {
    let about = |error: OrderError| (error.code(), error.kind(), error.field());
    assert_eq!(
        about(OrderError::Unknown),
        ("unknown_order", RefusalKind::Unknown, None)
    );
    assert_eq!(
        about(OrderError::AlreadyPlaced),
        ("order_already_placed", RefusalKind::AlreadyExists, None)
    );
    assert_eq!(
        about(OrderError::LineCount),
        ("line_count", RefusalKind::Rule, Some("lines"))
    );
    assert_eq!(
        about(OrderError::TotalChanged { total: eur(1) }),
        ("total_changed", RefusalKind::Rule, Some("expected_total"))
    );
}

#[test]
fn a_code_reads_as_it_is_stored() {
    for reason in [
        CHANGED_MIND,
        CancelReason::OutOfStock { skus: Vec::new() },
        CancelReason::PaymentDeclined {
            decline_code: String::new(),
        },
        CancelReason::CaptureFailed {
            failure_code: String::new(),
        },
    ] {
        assert_eq!(serde_json::to_value(&reason).unwrap()["code"], reason.code());
    }
    for method in [by_account(), by_card()] {
        assert_eq!(serde_json::to_value(&method).unwrap()["method"], method.name());
    }
}

#[test]
fn a_customer_can_read_why_an_order_was_cancelled() {
    let sentences = [
        (CHANGED_MIND, "cancelled by the customer"),
        (
            CancelReason::ByCustomer {
                note: Some(text("too slow")),
            },
            "cancelled by the customer: too slow",
        ),
        (
            CancelReason::OutOfStock {
                skus: vec![sku("A"), sku("B")],
            },
            "out of stock: A, B",
        ),
        (
            CancelReason::PaymentDeclined {
                decline_code: "insufficient_funds".to_owned(),
            },
            "the payment was declined: insufficient_funds",
        ),
        (
            CancelReason::CaptureFailed {
                failure_code: "expired".to_owned(),
            },
            "the payment failed: expired",
        ),
    ];
    for (reason, sentence) in sentences {
        assert_eq!(reason.to_string(), sentence);
    }
}
