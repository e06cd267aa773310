//! Goods that come back.

use super::{
    Action, Fulfilment, Happened, LedgerAccount, OrderEvent, PAID, StockCommand, delivered, eur, noon,
    order_id, process, refund_failed, refund_id, refund_requested, refunded, shipped, sku, text,
    timers::refund_for_goods, to_order, units, until,
};
use crate::{
    order::{Disposal, TakenBack},
    process::{TimerName, fulfilment::returns::returned_refund_id},
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

#[test]
fn all_goods_that_came_back_are_a_step_of_their_own() {
    process::<Fulfilment>()
        .given(delivered_and([accepted(400, 0), refunded(goods(), eur(400))]))
        .when(to_order(OrderEvent::Returned {}))
        .then_nothing()
        .then_status("completed")
        .then_step("returned");
}
