//! What always holds of an order, whatever it is asked.

use std::collections::BTreeMap;

use proptest::{collection::vec, option, prelude::*};

use super::{
    CancelReason, Disposal, Line, MAX_LINES, Order, OrderCommand, OrderEvent, OrderStatus, Placement,
    ReturnLine, TakenBack,
};
use crate::{
    testing::{
        arbitrary::{addresses, ids, money, payment_methods, quantities, skus, texts, warehouses},
        laws::aggregate_laws,
        value::eur,
    },
    value::{CustomerId, Money, OrderId, PaymentId, ProductId, ReturnId},
};

aggregate_laws!(Order, commands(), events(), always);

fn prices() -> impl Strategy<Value = Money> {
    prop_oneof![6 => (1..=5_000_i64).prop_map(eur), 1 => money()]
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = (
        skus(),
        ids(ProductId::new),
        texts::<400, crate::value::Line>(),
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

fn return_lines() -> impl Strategy<Value = Vec<ReturnLine>> {
    vec(
        (skus(), quantities()).prop_map(|(sku, quantity)| ReturnLine { sku, quantity }),
        0..3,
    )
}

fn taken_back() -> impl Strategy<Value = Vec<TakenBack>> {
    let disposal = prop_oneof![
        warehouses().prop_map(|warehouse| Disposal::Restock { warehouse, lot: None }),
        Just(Disposal::WriteOff),
    ];
    let line = (skus(), quantities(), disposal).prop_map(|(sku, quantity, disposal)| TakenBack {
        sku,
        quantity,
        disposal,
    });
    vec(line, 0..3)
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
        2 => (ids(ReturnId::new), return_lines(), texts()).prop_map(|(return_id, lines, reason)| {
            OrderCommand::RequestReturn { return_id, lines, reason, exchange_order_id: None }
        }),
        2 => (
            ids(ReturnId::new),
            taken_back(),
            option::weighted(0.2, money()),
            option::weighted(0.5, money()),
        )
            .prop_map(|(return_id, lines, refund, left)| OrderCommand::AcceptReturn {
                return_id,
                lines,
                refund,
                left,
            }),
        1 => (ids(ReturnId::new), 0..5_000_i64).prop_map(|(return_id, refund)| OrderCommand::ReduceRefund {
            return_id,
            refund: eur(refund),
            written_off: eur(refund / 2),
        }),
        1 => (ids(ReturnId::new), texts())
            .prop_map(|(return_id, reason)| OrderCommand::RejectReturn { return_id, reason }),
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
        (
            ids(ReturnId::new),
            return_lines(),
            texts(),
            option::of(ids(OrderId::new))
        )
            .prop_map(|(return_id, lines, reason, exchange_order_id)| {
                OrderEvent::ReturnRequested {
                    return_id,
                    lines,
                    reason,
                    exchange_order_id,
                }
            }),
        (ids(ReturnId::new), taken_back(), money(), money()).prop_map(
            |(return_id, lines, refund, written_off)| OrderEvent::ReturnAccepted {
                return_id,
                lines,
                refund,
                written_off,
            }
        ),
        (ids(ReturnId::new), money(), money()).prop_map(|(return_id, refund, written_off)| {
            OrderEvent::RefundReduced {
                return_id,
                refund,
                written_off,
            }
        }),
        (ids(ReturnId::new), texts())
            .prop_map(|(return_id, reason)| OrderEvent::ReturnRejected { return_id, reason }),
        Just(OrderEvent::Returned {}),
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
    let mut promised: BTreeMap<ReturnId, i64> = BTreeMap::new();
    let mut back = 0;
    for event in way {
        if let OrderEvent::ReturnAccepted {
            return_id,
            refund,
            written_off,
            lines,
        } = event
        {
            assert!((0..=refund.amount).contains(&written_off.amount));
            promised.insert(*return_id, refund.amount);
            back += lines.iter().map(|line| i64::from(line.quantity)).sum::<i64>();
        }
        if let OrderEvent::RefundReduced {
            return_id, refund, ..
        } = event
        {
            let before = promised.insert(*return_id, refund.amount);
            assert!(before.is_some_and(|before| refund.amount < before), "{history:?}");
        }
    }
    let refunded: i64 = promised.values().sum();
    assert!(refunded <= total.amount, "{history:?}");
    let sold: i64 = lines.iter().map(|line| i64::from(line.quantity)).sum();
    assert!(back <= sold, "{history:?}");
    let is_step = |event: &&OrderEvent| {
        !matches!(
            event,
            OrderEvent::ReturnRequested { .. }
                | OrderEvent::ReturnAccepted { .. }
                | OrderEvent::RefundReduced { .. }
                | OrderEvent::ReturnRejected { .. }
        )
    };
    let way: Vec<&OrderEvent> = way.iter().filter(is_step).collect();
    let forward = ["placed", "confirmed", "paid", "shipped", "delivered"];
    match &order.status {
        OrderStatus::Cancelled(_) => assert!((1..=3).contains(&way.len()), "{history:?}"),
        OrderStatus::Returned => assert_eq!(back, sold),
        status => assert_eq!(status.name(), forward[way.len()], "{history:?}"),
    }
}
