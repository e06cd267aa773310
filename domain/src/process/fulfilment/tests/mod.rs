//! What fulfilment does with every event, and what it leaves alone.

mod cancelled;
mod contended;
mod machine;
mod properties;
mod refunds;
mod returns;
mod routes;
mod stored;
mod timers;
mod way;

pub(crate) use self::machine::machine;
use super::{Action, Fulfilment, ProcessManager, refund::own_refund_id};
use crate::{
    Event,
    account::LedgerAccount,
    order::{CancelReason, Line, OrderCommand, OrderEvent, PaymentMethod},
    payment::{PaymentCommand, PaymentEvent, PaymentSource},
    stock::{Allocation, ReleaseReason, ReservationRefusal, StockCommand, StockEvent},
    testing::{
        process,
        value::{
            address, by_account, by_card, customer_id, eur, line, noon, order_id, payment_id, quarter_past,
            refund_id, sku, text, units,
        },
    },
    value::{Money, RefundId},
};

/// An event with the aggregate that it happened to.
type Happened = (String, Event);

fn to_order(event: OrderEvent) -> Happened {
    (order_id(1).to_string(), Event::Order(event))
}

fn to_payment(event: PaymentEvent) -> Happened {
    (payment_id(1).to_string(), Event::Payment(event))
}

fn to_stock(name: &str, event: StockEvent) -> Happened {
    (name.to_owned(), Event::Stock(event))
}

fn placed_with(lines: Vec<Line>, total: Money) -> Happened {
    to_order(OrderEvent::Placed {
        customer_id: customer_id(1),
        lines,
        total,
        tax: eur(0),
        payment_id: payment_id(1),
        payment: by_account(),
        shipping_address: address(),
    })
}

/// One chair and two lamps, for ten euros.
fn placed() -> Happened {
    placed_with(
        vec![line("LAMP", 2, eur(300)), line("CHAIR", 1, eur(400))],
        eur(1000),
    )
}

fn reserved(name: &str, count: i64) -> Happened {
    to_stock(
        name,
        StockEvent::Reserved {
            order_id: order_id(1),
            quantity: units(count),
            allocations: vec![Allocation {
                warehouse: text("north"),
                lot: None,
                quantity: units(count),
            }],
            expires_at: quarter_past(),
            provisional: false,
        },
    )
}

fn reservation_refused(name: &str) -> Happened {
    refused_beside(name, 0)
}

/// Other new orders have enough units.
fn contended(name: &str) -> Happened {
    refused_beside(name, 2)
}

fn refused_beside(name: &str, undecided: u64) -> Happened {
    to_stock(
        name,
        StockEvent::ReservationRefused {
            order_id: order_id(1),
            quantity: units(1),
            available: 0,
            undecided,
            reason: ReservationRefusal::OutOfStock,
        },
    )
}

fn released(name: &str) -> Happened {
    to_stock(
        name,
        StockEvent::Released {
            order_id: order_id(1),
            quantity: units(1),
            allocations: Vec::new(),
            reason: ReleaseReason::OrderCancelled,
        },
    )
}

fn committed(name: &str) -> Happened {
    to_stock(
        name,
        StockEvent::Committed {
            order_id: order_id(1),
            quantity: units(1),
            allocations: Vec::new(),
        },
    )
}

fn payment_requested() -> Happened {
    to_payment(PaymentEvent::Requested {
        order_id: order_id(1),
        customer_id: customer_id(1),
        amount: eur(1000),
        method: by_account(),
    })
}

fn authorised() -> Happened {
    to_payment(PaymentEvent::Authorised {
        order_id: order_id(1),
        gateway_reference: None,
    })
}

fn declined() -> Happened {
    to_payment(PaymentEvent::Declined {
        order_id: order_id(1),
        code: text("insufficient_funds"),
    })
}

fn capture_requested() -> Happened {
    to_payment(PaymentEvent::CaptureRequested {
        order_id: order_id(1),
        amount: eur(1000),
    })
}

fn captured() -> Happened {
    to_payment(PaymentEvent::Captured {
        order_id: order_id(1),
        amount: eur(1000),
        source: PaymentSource::Account,
    })
}

fn capture_failed() -> Happened {
    to_payment(PaymentEvent::CaptureFailed {
        order_id: order_id(1),
        code: text("expired"),
    })
}

fn void_requested() -> Happened {
    to_payment(PaymentEvent::VoidRequested {
        order_id: order_id(1),
    })
}

fn voided() -> Happened {
    to_payment(PaymentEvent::Voided {
        order_id: order_id(1),
    })
}

fn refund_requested(refund_id: RefundId, amount: Money) -> Happened {
    to_payment(PaymentEvent::RefundRequested {
        order_id: order_id(1),
        refund_id,
        amount,
        reason: text("broken"),
        borne_by: LedgerAccount::Revenue,
        return_id: None,
    })
}

fn refunded(refund_id: RefundId, amount: Money) -> Happened {
    to_payment(PaymentEvent::Refunded {
        order_id: order_id(1),
        refund_id,
        amount,
        source: PaymentSource::Account,
        borne_by: LedgerAccount::Revenue,
        unnamed: false,
    })
}

fn refund_failed(refund_id: RefundId) -> Happened {
    to_payment(PaymentEvent::RefundFailed {
        order_id: order_id(1),
        refund_id,
        code: text("closed"),
    })
}

/// The refund that the process itself asks for, and the ones after it.
fn own(earlier: usize) -> RefundId {
    own_refund_id(order_id(1), earlier)
}

fn confirmed() -> Happened {
    to_order(OrderEvent::Confirmed {})
}

fn paid() -> Happened {
    to_order(OrderEvent::Paid {})
}

fn shipped() -> Happened {
    to_order(OrderEvent::Shipped {
        carrier: None,
        tracking_number: text("SW-1"),
    })
}

fn delivered() -> Happened {
    to_order(OrderEvent::Delivered {})
}

const CHANGED_MIND: CancelReason = CancelReason::ByCustomer { note: None };

fn cancelled(reason: CancelReason) -> Happened {
    to_order(OrderEvent::Cancelled { reason })
}

fn cancelled_by_customer() -> Happened {
    cancelled(CHANGED_MIND)
}

fn out_of_stock<const N: usize>(skus: [&str; N]) -> CancelReason {
    CancelReason::OutOfStock {
        skus: skus.map(sku).into(),
    }
}

fn payment_declined() -> CancelReason {
    CancelReason::PaymentDeclined {
        decline_code: "insufficient_funds".to_owned(),
    }
}

fn payment_failed() -> CancelReason {
    CancelReason::CaptureFailed {
        failure_code: "expired".to_owned(),
    }
}

fn reserve(name: &str, count: i64) -> Action {
    let command = StockCommand::Reserve {
        order_id: order_id(1),
        quantity: units(count),
        at: noon(),
        expires_at: quarter_past(),
        provisional: true,
    };
    (sku(name), command).into()
}

fn release(name: &str, reason: ReleaseReason) -> Action {
    let order_id = order_id(1);
    (sku(name), StockCommand::Release { order_id, reason }).into()
}

fn commit(name: &str) -> Action {
    let order_id = order_id(1);
    (sku(name), StockCommand::Commit { order_id }).into()
}

fn pay(command: PaymentCommand) -> Action {
    (payment_id(1), command).into()
}

fn request_payment(amount: Money, method: PaymentMethod) -> Action {
    pay(PaymentCommand::Request {
        order_id: order_id(1),
        customer_id: customer_id(1),
        amount,
        method,
    })
}

fn request_refund(refund_id: RefundId, amount: Money) -> Action {
    pay(PaymentCommand::RefundAtMost {
        refund_id,
        amount,
        reason: text("the order was cancelled"),
        borne_by: LedgerAccount::Revenue,
        return_id: None,
    })
}

fn order(command: OrderCommand) -> Action {
    (order_id(1), command).into()
}

fn cancel(reason: CancelReason) -> Action {
    order(OrderCommand::Cancel { reason })
}

/// The events of an order that meets no obstacle, up to the payment.
fn way() -> [Happened; 9] {
    [
        placed(),
        reserved("CHAIR", 1),
        reserved("LAMP", 2),
        payment_requested(),
        authorised(),
        confirmed(),
        capture_requested(),
        captured(),
        paid(),
    ]
}

/// The first events of the way.
fn until(count: usize) -> Vec<Happened> {
    way()[..count].to_vec()
}

const PLACED: usize = 1;
const ONE_RESERVED: usize = 2;
const RESERVED: usize = 3;
const PAYMENT_REQUESTED: usize = 4;
const AUTHORISED: usize = 5;
const CONFIRMED: usize = 6;
const CAPTURE_REQUESTED: usize = 7;
const CAPTURED: usize = 8;
const PAID: usize = 9;
