//! Goods that come back.

use super::{
    Action, Fulfilment, Happened, LedgerAccount, OrderEvent, PAID, ReleaseReason, StockCommand,
    cancelled_by_customer, delivered, eur, noon, order, order_id, own, process, refund_failed, refund_id,
    refund_requested, refunded, release, released, request_refund, shipped, sku, text,
    timers::refund_for_goods, to_order, to_payment, units, until,
};
use crate::{
    order::{Disposal, OrderCommand, TakenBack},
    payment::{PaymentEvent, PaymentSource},
    process::{ProcessManager as _, TimerName, fulfilment::returns::returned_refund_id},
    testing::value::{at, return_id},
    value::RefundId,
};

fn delivered_and<const N: usize>(more: [Happened; N]) -> impl Iterator<Item = Happened> {
    until(PAID)
        .into_iter()
        .chain([shipped(), delivered()])
        .chain(more)
}

fn accepted(refund: i64, written_off: i64) -> Happened {
    let taken_back = |name: &str, disposal| TakenBack {
        sku: sku(name),
        quantity: units(1),
        disposal,
    };
    to_order(OrderEvent::ReturnAccepted {
        return_id: return_id(1),
        lines: vec![
            taken_back(
                "CHAIR",
                Disposal::Restock {
                    warehouse: text("north"),
                    lot: None,
                },
            ),
            taken_back("LAMP", Disposal::WriteOff),
        ],
        refund: eur(refund),
        written_off: eur(written_off),
    })
}

fn restock() -> Action {
    let command = StockCommand::Restock {
        order_id: order_id(1),
        return_id: return_id(1),
        warehouse: text("north"),
        quantity: units(1),
        lot: None,
    };
    (sku("CHAIR"), command).into()
}

fn write_off() -> Action {
    let command = StockCommand::WriteOff {
        order_id: order_id(1),
        return_id: return_id(1),
        quantity: units(1),
    };
    (sku("LAMP"), command).into()
}

fn goods() -> RefundId {
    returned_refund_id(return_id(1), "goods")
}

fn losses() -> RefundId {
    returned_refund_id(return_id(1), "write-offs")
}

#[test]
fn units_go_to_the_shelf_or_to_the_write_offs_and_the_money_to_the_customer() {
    process::<Fulfilment>()
        .given(delivered_and([]))
        .when(accepted(700, 300))
        .then([
            restock(),
            write_off(),
            refund_for_goods(goods(), eur(400), LedgerAccount::Revenue),
            refund_for_goods(losses(), eur(300), LedgerAccount::WriteOffs),
        ])
        .then_status("completed")
        .then_step("delivered");
}

#[test]
fn nothing_is_refunded_where_nothing_is_owed() {
    process::<Fulfilment>()
        .given(delivered_and([]))
        .when(accepted(0, 0))
        .then([restock(), write_off()]);
}

#[test]
fn a_refund_for_goods_that_fails_is_tried_again_under_another_name() {
    let failed = || {
        delivered_and([
            accepted(400, 0),
            refund_requested(goods(), eur(400)),
            refund_failed(goods()),
        ])
    };
    process::<Fulfilment>()
        .given(delivered_and([
            accepted(400, 0),
            refund_requested(goods(), eur(400)),
        ]))
        .when(refund_failed(goods()))
        .then_nothing()
        .then_timers([Action::SetTimer {
            name: TimerName::RefundRetry,
            due_at: at("2026-01-15T13:00:00Z"),
        }]);
    let again = RefundId::new(uuid::Uuid::new_v5(&goods().uuid(), b"again"));
    process::<Fulfilment>()
        .given(failed())
        .when_rings(TimerName::RefundRetry, noon())
        .then([refund_for_goods(again, eur(400), LedgerAccount::Revenue)]);
    process::<Fulfilment>()
        .given(failed())
        .given_rang(TimerName::RefundRetry, noon())
        .when_rings(TimerName::RefundRetry, noon())
        .then([refund_for_goods(again, eur(400), LedgerAccount::Revenue)]);
}

#[test]
fn what_a_refund_by_people_stood_in_the_way_of_is_asked_for_when_that_fails() {
    let people = refund_id(7);
    // Nothing was left for the goods: the payment did not even take the refund up.
    process::<Fulfilment>()
        .given(delivered_and([
            refund_requested(people, eur(1000)),
            accepted(400, 0),
        ]))
        .when(refund_failed(people))
        .then([refund_for_goods(goods(), eur(400), LedgerAccount::Revenue)]);
    // A part was left.
    let rest = RefundId::new(uuid::Uuid::new_v5(&goods().uuid(), b"rest"));
    let again = RefundId::new(uuid::Uuid::new_v5(&rest.uuid(), b"again"));
    process::<Fulfilment>()
        .given(delivered_and([
            refund_requested(people, eur(700)),
            accepted(400, 0),
            refund_requested(goods(), eur(300)),
        ]))
        .when(refund_failed(people))
        .then([refund_for_goods(again, eur(100), LedgerAccount::Revenue)]);
}

fn reduce(refund: i64, written_off: i64) -> Action {
    order(OrderCommand::ReduceRefund {
        return_id: return_id(1),
        refund: eur(refund),
        written_off: eur(written_off),
    })
}

/// Whether the process still keeps money as owed.
fn owes(events: impl IntoIterator<Item = Happened>) -> bool {
    let mut state = Fulfilment::default();
    for (id, event) in events {
        state.react(&id, &event, noon());
    }
    let json = serde_json::to_value(&state).unwrap().to_string();
    json.contains("\"owed\":{") || json.contains("\"failed\":[{")
}

#[test]
fn a_debt_that_other_refunds_paid_before_is_no_debt_and_the_order_says_so() {
    let people = refund_id(7);
    // All the money went back before; the order did not know it yet.
    let before = || delivered_and([refund_requested(people, eur(1000)), refunded(people, eur(1000))]);
    process::<Fulfilment>()
        .given(before())
        .when(accepted(400, 100))
        .then([
            restock(),
            write_off(),
            refund_for_goods(goods(), eur(300), LedgerAccount::Revenue),
            refund_for_goods(losses(), eur(100), LedgerAccount::WriteOffs),
            reduce(0, 0),
        ]);
    assert!(!owes(before().chain([accepted(400, 100)])));
    // A part was left: it goes back, and the rest is given up when it is sure that nothing follows.
    let history = || {
        delivered_and([
            accepted(400, 100),
            refund_requested(people, eur(650)),
            refund_requested(goods(), eur(300)),
            refund_requested(losses(), eur(50)),
            refunded(people, eur(650)),
            refunded(goods(), eur(300)),
        ])
    };
    assert!(owes(history()));
    process::<Fulfilment>()
        .given(history())
        .when(refunded(losses(), eur(50)))
        .then([reduce(350, 50)]);
    assert!(!owes(history().chain([refunded(losses(), eur(50))])));
}

#[test]
fn a_part_that_was_captured_is_all_that_goes_back() {
    let part = || {
        let mut events = until(PAID);
        events[PAID - 2] = to_payment(PaymentEvent::Captured {
            order_id: order_id(1),
            amount: eur(600),
            source: PaymentSource::Card,
        });
        events
    };
    process::<Fulfilment>()
        .given(part())
        .when(cancelled_by_customer())
        .then([
            request_refund(own(0), eur(600)),
            release("LAMP", ReleaseReason::OrderCancelled),
            release("CHAIR", ReleaseReason::OrderCancelled),
        ]);
    process::<Fulfilment>()
        .given(part().into_iter().chain([
            cancelled_by_customer(),
            refund_requested(own(0), eur(600)),
            released("LAMP"),
            released("CHAIR"),
        ]))
        .when(refunded(own(0), eur(600)))
        .then_nothing()
        .then_status("failed")
        .then_step("undone");
}

#[test]
fn all_goods_that_came_back_are_a_step_of_their_own() {
    process::<Fulfilment>()
        .given(delivered_and([accepted(400, 0), refunded(goods(), eur(400))]))
        .when(to_order(OrderEvent::Returned {}))
        .then_nothing()
        .then_status("completed")
        .then_step("returned");
}
