use std::collections::BTreeSet;

use domain::{
    account::AccountCommand,
    order::{CancelReason, Disposal, OrderCommand, OrderStatus, PaymentMethod, ReturnLine, TakenBack},
    payment::PaymentCommand,
    stock::StockCommand,
    value::OrderId,
};

use super::{MAX_LISTED_RETURNS, Order, OrderFilter};
use crate::{
    Cursor, PageRequest, ReadModelError, ReadModels,
    testing::{
        Shop, Stage, account_id, customer_id, money, noon, order_id, payment_id, return_id, sku, text,
    },
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
        assert_eq!(
            row.sequence,
            shop.sequences("order").get(&id.to_string()).copied()
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
            provisional: false,
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
    let parameters: Vec<Vec<(&str, &str)>> = timelines[&order_id]
        .iter()
        .map(|step| {
            let pairs = step.parameters.iter();
            pairs
                .map(|parameter| (parameter.name.as_str(), parameter.value.as_str()))
                .collect()
        })
        .collect();
    let sum = [("amount", "5000"), ("currency", "EUR")];
    let expected = [
        sum.to_vec(),
        vec![("quantity", "4"), ("sku", "SKU-1")],
        vec![sum[0], sum[1], ("method", "account")],
        vec![("reason_code", "insufficient_funds")],
        vec![("decline_code", "insufficient_funds")],
        vec![
            ("reason_code", "payment_declined"),
            ("decline_code", "insufficient_funds"),
        ],
    ];
    assert_eq!(parameters, expected);
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

/// An order of two lines of three units of SKU-1, which was shipped.
async fn shipped() -> Shop {
    let mut shop = Shop::new();
    let token = text("tok_approved");
    shop.place(1, 3, PaymentMethod::Card { token }).await;
    for command in [
        OrderCommand::Confirm,
        OrderCommand::MarkPaid,
        OrderCommand::Ship {
            carrier: None,
            tracking_number: text("TN 1"),
        },
    ] {
        shop.order(1, command).await;
    }
    shop
}

fn request(number: u128, units: i64) -> OrderCommand {
    OrderCommand::RequestReturn {
        return_id: return_id(number),
        lines: vec![ReturnLine {
            sku: sku(1),
            quantity: units.try_into().unwrap(),
        }],
        reason: text("too small"),
        exchange_order_id: None,
    }
}

fn taken_back(units: i64, disposal: Disposal) -> TakenBack {
    TakenBack {
        sku: sku(1),
        quantity: units.try_into().unwrap(),
        disposal,
    }
}

#[tokio::test]
async fn a_return_says_what_came_back_and_what_became_of_it() {
    let mut shop = shipped().await;
    let shelf = Disposal::Restock {
        warehouse: text("north"),
        lot: Some(text("L 1")),
    };
    shop.order(1, request(1, 4)).await;
    let requested = shop.head().await;
    let lines = vec![taken_back(3, shelf), taken_back(1, Disposal::WriteOff)];
    let accept = OrderCommand::AcceptReturn {
        return_id: return_id(1),
        lines: lines.clone(),
        refund: None,
        left: None,
    };
    shop.order(1, accept).await;
    shop.order(1, request(2, 1)).await;
    let reject = OrderCommand::RejectReturn {
        return_id: return_id(2),
        reason: text("worn"),
    };
    shop.order(1, reject).await;
    shop.order(1, request(3, 2)).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("orders").await.orders();

    let now = (order_id(1), i64::MAX);
    let returns = reader.returns_of(&[now]).await.unwrap().remove(&now).unwrap();
    let told: Vec<_> = returns
        .iter()
        .map(|found| (found.id, found.state.as_str(), found.rejection.as_deref()))
        .collect();
    let expected = [
        (return_id(1), "accepted", None),
        (return_id(2), "rejected", Some("worn")),
        (return_id(3), "requested", None),
    ];
    assert_eq!(told, expected);
    assert_eq!(returns[0].taken_back, lines);
    assert_eq!(returns[0].refund, Some(money(5_000, "EUR")));
    assert_eq!(returns[0].written_off, Some(money(1_250, "EUR")));
    assert_eq!(returns[2].requested[0].quantity, 2.try_into().unwrap());
    let units = reader.returned_units_of(&[now]).await.unwrap();
    assert_eq!(units[&now][&sku(1)], 4);
    let lines = reader.lines_of(&[order_id(1)]).await.unwrap();
    let returned: Vec<i64> = lines[&order_id(1)].iter().map(|line| line.returned(4)).collect();
    assert_eq!(returned, [3, 1]);

    let then = (order_id(1), requested);
    let returns = reader.returns_of(&[then, now]).await.unwrap();
    assert_eq!((returns[&then].len(), returns[&now].len()), (1, 3));
    assert_eq!(
        (returns[&then][0].state.as_str(), returns[&then][0].refund),
        ("requested", None)
    );
    assert!(reader.returned_units_of(&[then]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_refund_that_was_reduced_is_as_it_was_at_each_position() {
    let mut shop = shipped().await;
    shop.order(1, request(1, 2)).await;
    let accept = OrderCommand::AcceptReturn {
        return_id: return_id(1),
        lines: vec![taken_back(2, Disposal::WriteOff)],
        refund: None,
        left: None,
    };
    shop.order(1, accept).await;
    let mut expected = vec![(shop.head().await, 2_500)];
    for cents in [2_000, 1_500] {
        let reduce = OrderCommand::ReduceRefund {
            return_id: return_id(1),
            refund: money(cents, "EUR"),
            written_off: money(cents, "EUR"),
        };
        shop.order(1, reduce).await;
        expected.push((shop.head().await, cents));
    }
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("orders").await.orders();
    let accepted = shop.events().await[usize::try_from(expected[0].0).unwrap() - 1].recorded_at;
    for (position, cents) in expected {
        let key = (order_id(1), position);
        let returns = reader.returns_of(&[key]).await.unwrap().remove(&key).unwrap();
        let refund = Some(money(cents, "EUR"));
        assert_eq!((returns[0].refund, returns[0].written_off), (refund, refund));
        assert_eq!(
            (returns[0].position, returns[0].ended_at),
            (position, Some(accepted))
        );
    }
}

#[tokio::test]
async fn the_list_of_returns_has_a_bound_and_the_returned_units_have_none() {
    let mut shop = shipped().await;
    let rounds = u128::try_from(MAX_LISTED_RETURNS).unwrap() + 2;
    for number in 1..=rounds {
        shop.order(1, request(number, 1)).await;
        let reject = OrderCommand::RejectReturn {
            return_id: return_id(number),
            reason: text("worn"),
        };
        shop.order(1, reject).await;
    }
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("orders").await.orders();
    let now = (order_id(1), i64::MAX);
    let returns = reader.returns_of(&[now]).await.unwrap().remove(&now).unwrap();
    assert_eq!(returns.len(), usize::try_from(MAX_LISTED_RETURNS).unwrap());
    assert_eq!(returns.last().unwrap().id, return_id(rounds));
}

#[tokio::test]
async fn the_returned_units_of_every_order_are_those_of_the_write_side() {
    let shop = Shop::with_past(34, 900).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("orders").await.orders();
    let mut returned = 0;
    for (id, order) in shop.orders() {
        let Ok(order) = order.placed() else { continue };
        let key = (id, i64::MAX);
        let units = reader.returned_units_of(&[key]).await.unwrap();
        let returns = reader.returns_of(&[key]).await.unwrap();
        let open = returns.get(&key).into_iter().flatten();
        let open = open.filter(|found| found.state == "requested").count();
        assert_eq!(open, order.returns.len());
        for (sku, sold) in &order.sold {
            let units = units.get(&key).and_then(|units| units.get(sku).copied());
            assert_eq!(
                units.unwrap_or_default(),
                i64::from(sold.units() - sold.returnable()) - awaited(order, sku)
            );
            returned += units.unwrap_or_default();
        }
    }
    assert!(returned > 0);
}

fn awaited(order: &domain::order::PlacedOrder, wanted: &domain::value::Sku) -> i64 {
    let lines = order.returns.values().flatten();
    let units = lines.filter(|line| line.sku == *wanted);
    units.map(|line| i64::from(line.quantity)).sum()
}

#[tokio::test]
async fn orders_are_counted_as_the_pages_have_them() {
    let shop = Shop::with_past(35, 400).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("orders").await;
    for filter in [
        OrderFilter::default(),
        OrderFilter {
            customer_id: Some(customer_id(1)),
            ..OrderFilter::default()
        },
        OrderFilter {
            status: Some("cancelled".to_owned()),
            ..OrderFilter::default()
        },
    ] {
        let listed = all(&reader, &filter, 100).await.len();
        let counted = reader.orders().count(&filter).await.unwrap();
        assert_eq!(counted, Some(i64::try_from(listed).unwrap()), "{filter:?}");
    }
}
