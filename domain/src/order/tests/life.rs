//! What becomes of an order that was placed.

use super::{
    CHANGED_MIND, CancelReason, Order, OrderCommand, OrderError, OrderEvent, OrderStatus, cancel, cancelled,
    confirmed, delivered, given, paid, placed, ship, shipped, sku, when,
};

fn out_of_stock() -> CancelReason {
    CancelReason::OutOfStock {
        skus: vec![sku("LAMP")],
    }
}

/// Every order that can be, by its last event.
fn lives() -> [(&'static str, Vec<OrderEvent>); 6] {
    let way = [placed(), confirmed(), paid(), shipped(), delivered()];
    [
        ("placed", way[..1].to_vec()),
        ("confirmed", way[..2].to_vec()),
        ("paid", way[..3].to_vec()),
        ("shipped", way[..4].to_vec()),
        ("delivered", way.to_vec()),
        ("cancelled", vec![placed(), cancelled(CHANGED_MIND)]),
    ]
}

#[test]
fn a_customer_sees_how_far_an_order_came() {
    for (name, life) in lives() {
        let Order::Placed(order) = given(life).state() else {
            panic!("the order is placed");
        };
        assert_eq!(order.status.name(), name);
    }
}

#[test]
fn an_order_that_nobody_placed_has_no_life() {
    for command in [
        OrderCommand::Confirm,
        OrderCommand::MarkPaid,
        cancel(CHANGED_MIND),
        ship(),
        OrderCommand::Deliver,
    ] {
        when(command).then_refused(OrderError::Unknown);
    }
}

#[test]
fn a_placed_order_is_confirmed() {
    given([placed()]).when(OrderCommand::Confirm).then([confirmed()]);
}

#[test]
fn an_order_is_confirmed_once_and_never_after_its_end() {
    for (_, life) in lives().into_iter().skip(1) {
        given(life).when(OrderCommand::Confirm).then_nothing();
    }
}

#[test]
fn a_confirmed_order_is_paid() {
    given([placed(), confirmed()])
        .when(OrderCommand::MarkPaid)
        .then([paid()]);
}

#[test]
fn only_a_confirmed_order_is_paid() {
    for (name, life) in lives() {
        if name != "confirmed" {
            given(life).when(OrderCommand::MarkPaid).then_nothing();
        }
    }
}

#[test]
fn an_order_is_cancelled_until_it_ships() {
    for (_, life) in lives().into_iter().take(3) {
        given(life)
            .when(cancel(CHANGED_MIND))
            .then([cancelled(CHANGED_MIND)]);
    }
}

#[test]
fn an_order_that_left_the_warehouse_cannot_be_cancelled() {
    given([placed(), confirmed(), paid(), shipped()])
        .when(cancel(CHANGED_MIND))
        .then_refused(OrderError::AlreadyShipped);
    given([placed(), confirmed(), paid(), shipped(), delivered()])
        .when(cancel(out_of_stock()))
        .then_refused(OrderError::AlreadyShipped);
}

#[test]
fn a_cancelled_order_keeps_its_first_reason() {
    given([placed(), cancelled(CHANGED_MIND)])
        .when(cancel(out_of_stock()))
        .then_nothing();
    let Order::Placed(order) = given([placed(), cancelled(CHANGED_MIND)]).state() else {
        panic!("the order is placed");
    };
    assert_eq!(order.status, OrderStatus::Cancelled(CHANGED_MIND));
}

#[test]
fn a_paid_order_ships() {
    given([placed(), confirmed(), paid()])
        .when(ship())
        .then([shipped()]);
}

#[test]
fn an_order_does_not_ship_before_it_is_paid() {
    given([placed()]).when(ship()).then_refused(OrderError::NotPaid);
    given([placed(), confirmed()])
        .when(ship())
        .then_refused(OrderError::NotPaid);
}

#[test]
fn an_order_ships_once() {
    given([placed(), confirmed(), paid(), shipped()])
        .when(ship())
        .then_refused(OrderError::AlreadyShipped);
    given([placed(), confirmed(), paid(), shipped(), delivered()])
        .when(ship())
        .then_refused(OrderError::AlreadyShipped);
}

#[test]
fn a_cancelled_order_does_not_ship() {
    given([placed(), confirmed(), paid(), cancelled(CHANGED_MIND)])
        .when(ship())
        .then_refused(OrderError::AlreadyCancelled);
}

#[test]
fn a_shipped_order_is_delivered() {
    given([placed(), confirmed(), paid(), shipped()])
        .when(OrderCommand::Deliver)
        .then([delivered()]);
}

#[test]
fn an_order_is_delivered_once() {
    given([placed(), confirmed(), paid(), shipped(), delivered()])
        .when(OrderCommand::Deliver)
        .then_nothing();
}

#[test]
fn only_what_was_shipped_can_be_delivered() {
    for (_, life) in lives().into_iter().take(3) {
        given(life)
            .when(OrderCommand::Deliver)
            .then_refused(OrderError::NotShipped);
    }
    given([placed(), cancelled(CHANGED_MIND)])
        .when(OrderCommand::Deliver)
        .then_refused(OrderError::AlreadyCancelled);
}
