//! The states of an order's process that are worth telling apart, and what can happen in them.

use super::{
    AUTHORISED, CAPTURE_REQUESTED, CAPTURED, CONFIRMED, Happened, ONE_RESERVED, OrderEvent, PAID,
    PAYMENT_REQUESTED, PLACED, RESERVED, authorised, cancelled_by_customer, capture_failed, captured,
    committed, confirmed, contended, declined, delivered, eur, noon, own, paid, placed, quarter_past,
    refund_failed, refund_id, refund_requested, refunded, released, reservation_refused, reserved, shipped,
    sku, text, to_order, units, until, voided,
};
use crate::{
    order::{Disposal, TakenBack},
    process::{
        TimerName,
        fulfilment::returns::returned_refund_id,
        machines::{Input, Machine},
    },
    testing::value::return_id,
};

fn return_accepted() -> Happened {
    let taken_back = |name: &str, disposal| TakenBack {
        sku: sku(name),
        quantity: units(1),
        disposal,
    };
    let warehouse = text("north");
    to_order(OrderEvent::ReturnAccepted {
        return_id: return_id(1),
        lines: vec![
            taken_back("CHAIR", Disposal::Restock { warehouse, lot: None }),
            taken_back("LAMP", Disposal::WriteOff),
        ],
        refund: eur(700),
        written_off: eur(300),
    })
}

fn expired() -> Input {
    Input::Timer(TimerName::ReservationExpiry, quarter_past())
}

pub(crate) fn machine() -> Machine {
    let inputs = |events: Vec<Happened>| events.into_iter().map(Input::from).collect::<Vec<_>>();
    let after = |count: usize, more: Vec<Input>| {
        let mut all = inputs(until(count));
        all.extend(more);
        all
    };
    let cancelled = || Input::from(cancelled_by_customer());
    let goods = returned_refund_id(return_id(1), "goods");
    Machine {
        states: vec![
            ("Nothing happened", Vec::new()),
            ("Placed", after(PLACED, Vec::new())),
            ("One line reserved", after(ONE_RESERVED, Vec::new())),
            (
                "One line out of stock, the other open",
                after(PLACED, inputs(vec![reservation_refused("CHAIR")])),
            ),
            (
                "One line reserved, others have the other",
                after(ONE_RESERVED, inputs(vec![contended("LAMP")])),
            ),
            (
                "Both are asked for in turn",
                after(
                    ONE_RESERVED,
                    vec![
                        contended("LAMP").into(),
                        released("CHAIR").into(),
                        Input::Timer(TimerName::StockRetry, noon()),
                    ],
                ),
            ),
            ("All lines reserved", after(RESERVED, Vec::new())),
            ("Authorised", after(AUTHORISED, Vec::new())),
            ("Confirmed, capture asked for", after(CONFIRMED, Vec::new())),
            ("Captured", after(CAPTURED, Vec::new())),
            ("Paid", after(PAID, Vec::new())),
            ("Shipped", after(PAID, inputs(vec![shipped()]))),
            ("Delivered", after(PAID, inputs(vec![shipped(), delivered()]))),
            (
                "Goods came back",
                after(PAID, inputs(vec![shipped(), delivered(), return_accepted()])),
            ),
            (
                "Goods came back, their refund failed",
                after(
                    PAID,
                    inputs(vec![
                        shipped(),
                        delivered(),
                        return_accepted(),
                        refund_failed(goods),
                    ]),
                ),
            ),
            (
                "Cancelled before any line was reserved",
                after(PLACED, vec![cancelled()]),
            ),
            (
                "Cancelled while the payment is open",
                after(PAYMENT_REQUESTED, vec![cancelled()]),
            ),
            (
                "Expired while the payment is open",
                after(PAYMENT_REQUESTED, vec![expired()]),
            ),
            ("Declined", after(PAYMENT_REQUESTED, inputs(vec![declined()]))),
            (
                "Cancelled after the authorisation",
                after(AUTHORISED, vec![cancelled()]),
            ),
            (
                "Cancelled while the capture is in flight",
                after(CAPTURE_REQUESTED, vec![cancelled()]),
            ),
            (
                "Capture failed after the confirmation",
                after(CAPTURE_REQUESTED, inputs(vec![capture_failed()])),
            ),
            ("Cancelled after the payment", after(PAID, vec![cancelled()])),
            (
                "Undone",
                after(
                    PAYMENT_REQUESTED,
                    inputs(vec![declined(), released("LAMP"), released("CHAIR")]),
                ),
            ),
        ],
        inputs: vec![
            ("order placed", placed().into()),
            ("CHAIR reserved", reserved("CHAIR", 1).into()),
            ("LAMP reserved", reserved("LAMP", 2).into()),
            ("LAMP out of stock", reservation_refused("LAMP").into()),
            ("LAMP out of stock, others have it", contended("LAMP").into()),
            ("CHAIR released", released("CHAIR").into()),
            ("payment authorised", authorised().into()),
            ("payment declined", declined().into()),
            ("order confirmed", confirmed().into()),
            ("payment captured", captured().into()),
            ("capture failed", capture_failed().into()),
            ("order paid", paid().into()),
            ("order cancelled", cancelled()),
            ("authorisation gone", voided().into()),
            ("order shipped", shipped().into()),
            ("LAMP left the warehouse", committed("LAMP").into()),
            ("LAMP released", released("LAMP").into()),
            ("order delivered", delivered().into()),
            ("return accepted", return_accepted().into()),
            ("all goods back", to_order(OrderEvent::Returned {}).into()),
            (
                "refund of 3 EUR asked for by people",
                refund_requested(refund_id(1), eur(300)).into(),
            ),
            ("own refund failed", refund_failed(own(0)).into()),
            (
                "own refund of everything arrived",
                refunded(own(0), eur(1000)).into(),
            ),
            ("timer `reservation_expiry`, no step since", expired()),
            (
                "timer `stock_retry`",
                Input::Timer(TimerName::StockRetry, quarter_past()),
            ),
            (
                "timer `refund_retry`",
                Input::Timer(TimerName::RefundRetry, quarter_past()),
            ),
        ],
    }
}
