use std::collections::BTreeSet;

use domain::{
    account::AccountCommand,
    order::{CancelReason, OrderCommand, OrderStatus, PaymentMethod},
    payment::PaymentCommand,
    stock::StockCommand,
    value::OrderId,
};

use super::{Order, OrderFilter};
use crate::{
    Cursor, PageRequest, ReadModelError, ReadModels,
    testing::{Shop, Stage, account_id, customer_id, money, noon, order_id, payment_id, text},
};

async fn all(reader: &ReadModels, filter: &OrderFilter, first: u32) -> Vec<Order> {
    let (mut orders, mut request) = (Vec::new(), PageRequest::first(first));
    loop {
        let page = reader.orders().orders(filter, &request).await.unwrap();
        let (more, last) = (
            page.has_next_page,
            page.edges.last().map(|edge| edge.cursor.clone()),
        );
        orders.extend(page.nodes());
        match last.filter(|_| more) {
            Some(cursor) => request = PageRequest::first(first).after(cursor),
            None => return orders,
        }
    }
}

#[tokio::test]
async fn every_order_is_in_the_state_that_the_write_side_has() {
    let shop = Shop::with_past(31, 400).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("orders").await;
    let mut seen = 0;
    for (id, order) in shop.orders() {
        let row = reader.orders().order(id).await.unwrap();
        let Ok(order) = order.placed() else {
            assert_eq!(row, None);
            continue;
        };
        let row = row.unwrap();
        assert_eq!((row.customer_id, row.total), (order.customer_id, order.total));
        assert_eq!(
            (row.payment_id, row.status.as_str()),
            (order.payment_id, order.status.name())
        );
        let cancelled = matches!(order.status, OrderStatus::Cancelled(_));
        assert_eq!(
            (row.cancel_code.is_some(), row.cancel_reason.is_some()),
            (cancelled, cancelled)
        );
        seen += 1;
    }
    assert!(seen > 5, "{seen} orders");
}

#[tokio::test]
async fn pages_of_any_size_hold_every_order_once_and_the_newest_first() {
    let shop = Shop::with_past(32, 400).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("orders").await;
    let whole = all(&reader, &OrderFilter::default(), 100).await;
    assert!(whole.len() > 5);
    assert!(whole.is_sorted_by(|a, b| a.placed_position > b.placed_position));
    for first in [1, 2, 5] {
        assert_eq!(all(&reader, &OrderFilter::default(), first).await, whole);
    }
}

#[tokio::test]
async fn a_filter_lets_pass_what_it_says_and_nothing_else() {
    let shop = Shop::with_past(33, 400).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("orders").await;
    let whole = all(&reader, &OrderFilter::default(), 100).await;
    let middle = whole[whole.len() / 2].placed_at;
    type Admits<'a> = &'a dyn Fn(&&Order) -> bool;
    let filters: [(OrderFilter, Admits<'_>); 4] = [
        (
            OrderFilter {
                customer_id: Some(customer_id(1)),
                ..OrderFilter::default()
            },
            &|order| order.customer_id == customer_id(1),
        ),
        (
            OrderFilter {
                status: Some("cancelled".to_owned()),
                ..OrderFilter::default()
            },
            &|order| order.status == "cancelled",
        ),
        (
            OrderFilter {
                placed_since: Some(middle),
                ..OrderFilter::default()
            },
            &|order| order.placed_at >= middle,
        ),
        (
            OrderFilter {
                placed_until: Some(middle),
                ..OrderFilter::default()
            },
            &|order| order.placed_at < middle,
        ),
    ];
    for (filter, admits) in filters {
        let expected: Vec<Order> = whole.iter().filter(admits).cloned().collect();
        assert!(!expected.is_empty(), "{filter:?}");
        assert_eq!(all(&reader, &filter, 3).await, expected);
    }
}

#[tokio::test]
async fn the_timeline_tells_what_happened_for_the_order_elsewhere() {
    let mut shop = Shop::new();
    let (account_id, amount) = (account_id(1), money(5_000, "EUR"));
    shop.account(
        1,
        AccountCommand::Open {
            owner_id: customer_id(1),
            currency: amount.currency,
        },
    )
    .await;
    shop.receive(1, 10).await;
    shop.place(1, 2, PaymentMethod::Account { account_id }).await;
    let (order_id, payment_id) = (order_id(1), payment_id(1));
    let quantity = 4_i64.try_into().unwrap();
    shop.stock(
        1,
        StockCommand::Reserve {
            order_id,
            quantity,
            at: noon(),
            expires_at: noon(),
        },
    )
    .await;
    let method = PaymentMethod::Account { account_id };
    shop.payment(
        1,
        PaymentCommand::Request {
            order_id,
            customer_id: customer_id(1),
            amount,
            method,
        },
    )
    .await;
    shop.account(
        1,
        AccountCommand::Hold {
            payment_id,
            order_id,
            amount,
        },
    )
    .await;
    shop.payment(
        1,
        PaymentCommand::RecordDeclined {
            code: text("insufficient_funds"),
        },
    )
    .await;
    let reason = CancelReason::PaymentDeclined {
        decline_code: "insufficient_funds".to_owned(),
    };
    shop.order(1, OrderCommand::Cancel { reason }).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("orders").await;

    let timelines = reader.orders().timelines_of(&[order_id]).await.unwrap();
    let told: Vec<(&str, Option<&str>)> = timelines[&order_id]
        .iter()
        .map(|step| (step.step.as_str(), step.detail.as_deref()))
        .collect();
    let expected = [
        ("placed", Some("50.00 EUR")),
        ("stock_reserved", Some("4 × SKU-1")),
        ("payment_requested", Some("50.00 EUR by account")),
        ("hold_refused", Some("insufficient_funds")),
        ("payment_declined", Some("insufficient_funds")),
        ("cancelled", Some("the payment was declined: insufficient_funds")),
    ];
    assert_eq!(told, expected);
    let first = &timelines[&order_id][0];
    assert_eq!(
        (first.actor.as_str(), first.correlation_id.as_str()),
        ("customer", "request 0")
    );

    let lines = reader.orders().lines_of(&[order_id]).await.unwrap();
    let lines: Vec<_> = lines[&order_id]
        .iter()
        .map(|line| (line.line, line.quantity))
        .collect();
    assert_eq!(lines, [(1, 2), (2, 2)]);
}

#[tokio::test]
async fn a_page_or_a_batch_without_bound_is_refused() {
    let stage = Stage::new(Shop::new().log()).await;
    let reader = stage.build("orders").await.orders();
    let filter = OrderFilter::default();
    for request in [PageRequest::first(0), PageRequest::first(101)] {
        assert!(matches!(
            reader.orders(&filter, &request).await,
            Err(ReadModelError::First)
        ));
    }
    let forged = PageRequest::first(1).after(Cursor::new("nonsense"));
    assert!(matches!(
        reader.orders(&filter, &forged).await,
        Err(ReadModelError::Cursor)
    ));
    let ids: BTreeSet<OrderId> = (0..=1_000).map(order_id).collect();
    let ids: Vec<OrderId> = ids.into_iter().collect();
    assert!(matches!(reader.lines_of(&ids).await, Err(ReadModelError::Keys)));
}
