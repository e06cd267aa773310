//! What always holds of an order, whatever it is asked.

use proptest::{collection::vec, option, prelude::*};

use super::{CancelReason, Line, MAX_LINES, Order, OrderCommand, OrderEvent, OrderStatus, Placement};
use crate::{
    testing::{
        arbitrary::{addresses, ids, money, payment_methods, quantities, skus, texts},
        laws::aggregate_laws,
        value::eur,
    },
    value::{CustomerId, Money, PaymentId, ProductId},
};

aggregate_laws!(Order, commands(), events(), always);

fn prices() -> impl Strategy<Value = Money> {
    prop_oneof![6 => (1..=5_000_i64).prop_map(eur), 1 => money()]
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = (
        skus(),
        ids(ProductId::new),
        texts::<400>(),
        quantities(),
        prices(),
        any::<u16>(),
    )
        .prop_map(
            |(sku, product_id, name, quantity, unit_price, tax_rate_bp)| Line {
                sku,
                product_id,
                name: name.into(),
                quantity,
                unit_price,
                tax_rate_bp,
            },
        );
    vec(line, 0..4)
}

fn placements() -> impl Strategy<Value = Placement> {
    (
        ids(CustomerId::new),
        lines(),
        ids(PaymentId::new),
        payment_methods(),
        addresses(),
        option::weighted(0.1, money()),
    )
        .prop_map(
            |(customer_id, lines, payment_id, payment, shipping_address, expected_total)| Placement {
                customer_id,
                lines,
                payment_id,
                payment,
                shipping_address,
                expected_total,
            },
        )
}

fn reasons() -> impl Strategy<Value = CancelReason> {
    prop_oneof![
        option::of(texts()).prop_map(|note| CancelReason::ByCustomer { note }),
        vec(skus(), 0..3).prop_map(|skus| CancelReason::OutOfStock { skus }),
        any::<String>().prop_map(|decline_code| CancelReason::PaymentDeclined { decline_code }),
        any::<String>().prop_map(|failure_code| CancelReason::CaptureFailed { failure_code }),
    ]
}

fn commands() -> impl Strategy<Value = OrderCommand> {
    prop_oneof![
        3 => placements().prop_map(|placement| OrderCommand::Place(Box::new(placement))),
        3 => Just(OrderCommand::Confirm),
        3 => Just(OrderCommand::MarkPaid),
        1 => reasons().prop_map(|reason| OrderCommand::Cancel { reason }),
        2 => (option::of(texts()), texts()).prop_map(|(carrier, tracking_number)| {
            OrderCommand::Ship { carrier, tracking_number }
        }),
        2 => Just(OrderCommand::Deliver),
    ]
}

pub(crate) fn events() -> impl Strategy<Value = OrderEvent> {
    prop_oneof![
        (placements(), money(), money()).prop_map(|(placement, total, tax)| OrderEvent::Placed {
            customer_id: placement.customer_id,
            lines: placement.lines,
            total,
            tax,
            payment_id: placement.payment_id,
            payment: placement.payment,
            shipping_address: placement.shipping_address,
        }),
        Just(OrderEvent::Confirmed {}),
        Just(OrderEvent::Paid {}),
        reasons().prop_map(|reason| OrderEvent::Cancelled { reason }),
        (option::of(texts()), texts()).prop_map(|(carrier, tracking_number)| OrderEvent::Shipped {
            carrier,
            tracking_number,
        }),
        Just(OrderEvent::Delivered {}),
    ]
}

/// The total is the sum of the lines, and an order goes only forward along its drawing.
fn always(order: &Order, history: &[OrderEvent]) {
    let Order::Placed(order) = order else {
        assert_eq!(history, []);
        return;
    };
    let Some((
        OrderEvent::Placed {
            lines, total, tax, ..
        },
        way,
    )) = history.split_first()
    else {
        panic!("an order begins with its placement: {history:?}");
    };
    let of = |line: &Line| line.unit_price.amount * i64::from(line.quantity);
    assert!((1..=MAX_LINES).contains(&lines.len()));
    assert_eq!(total.amount, lines.iter().map(of).sum::<i64>());
    assert!((0..=total.amount).contains(&tax.amount));
    let forward = ["placed", "confirmed", "paid", "shipped", "delivered"];
    match &order.status {
        OrderStatus::Cancelled(_) => assert!((1..=3).contains(&way.len()), "{history:?}"),
        status => assert_eq!(status.name(), forward[way.len()], "{history:?}"),
    }
}
