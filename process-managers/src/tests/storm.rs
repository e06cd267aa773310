//! Orders of every kind under load, while copies of the service die one after the other.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{
    order::PaymentMethod,
    value::{AccountId, OrderId},
};
use event_store::Filter;
use futures::future::join_all;

use super::{
    gateways::Troubled,
    shop::{Shop, card, from_account},
};

/// How many copies die.
const DEATHS: usize = 8;

/// How many orders are placed in the life of each.
const ORDERS: usize = 25;

fn payment(number: usize, account: AccountId) -> PaymentMethod {
    match number % 6 {
        0 | 1 => from_account(account),
        2 => card("tok_declined"),
        3 => card("tok_capture_fails"),
        4 => card("tok_timeout_approved"),
        _ => card("tok_approved"),
    }
}

/// Checks what must hold of a log in which nothing is under way any more.
async fn check(shop: &Shop, orders: &[OrderId], gateway: &Troubled) {
    let events = shop.log.read(0, 1_000_000, &Filter::default()).await.unwrap();
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    for event in &events {
        *counts
            .entry((event.aggregate_id.as_str(), event.event_type.as_str()))
            .or_default() += 1;
    }
    for order in orders {
        let order = order.to_string();
        let ends = ["OrderPaid", "OrderCancelled"].map(|end| counts.get(&(order.as_str(), end)).copied());
        assert!(
            ends == [Some(1), None] || ends == [None, Some(1)],
            "{order}: {ends:?}"
        );
    }
    for ((aggregate_id, event_type), count) in &counts {
        if matches!(
            *event_type,
            "PaymentCaptured" | "PaymentAuthorised" | "PaymentVoided" | "PaymentRefunded"
        ) {
            assert_eq!(*count, 1, "{event_type} of {aggregate_id}");
        }
    }
    let total = |name: &str| events.iter().filter(|event| event.event_type == name).count();
    // Every hold was captured or given back, and the gateway captured nothing that the log does not know.
    assert_eq!(total("FundsHeld"), total("HoldCaptured") + total("HoldReleased"));
    assert!(gateway.questions("capture") + total("HoldCaptured") >= total("PaymentCaptured"));
    let paid = total("OrderPaid");
    assert_eq!(
        total("PaymentCaptured"),
        paid,
        "money was taken for orders that are not paid"
    );
    assert_eq!(total("StockReserved"), paid + total("ReservationReleased"));
    assert_eq!((shop.outbox().await, shop.timers().await), (0, 0));
}

#[tokio::test]
async fn copies_die_under_load_and_every_order_ends_once() {
    let gateway = Arc::new(Troubled::new(3, Troubled::unreachable));
    let mut shop = Shop::open_on_postgres_with(gateway.clone()).await;
    shop.options.gateway.time_limit = Duration::from_millis(200);
    shop.options.gateway.open_for = Duration::from_millis(200);
    let account = shop.account(100_000_000).await;
    let mut orders = Vec::new();
    let mut next = shop.start();
    for death in 0..DEATHS {
        // One works, one waits.
        let working = std::mem::replace(&mut next, shop.start());
        let placed = (0..ORDERS).map(|number| shop.place(&["TEA"], payment(number + death, account)));
        let placed = join_all(placed).await;
        // It dies in the middle of what followed, each time a little later.
        shop.wait_for(placed[0], 1 + death % 6).await;
        drop(working);
        orders.extend(placed);
    }
    next.settle().await.unwrap();
    check(&shop, &orders, &gateway).await;
}

#[tokio::test]
async fn an_order_costs_few_rows_when_it_is_quick() {
    let mut shop = Shop::open_on_postgres().await;
    // Nothing is stored before the order is through, unless somebody asks.
    shop.options.save_every = Duration::from_secs(60);
    let account = shop.account(100_000_000).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let running = shop.start_until(&stop);
    let placed = join_all((0..20).map(|_| shop.place(&["TEA"], from_account(account)))).await;
    for order in &placed {
        shop.wait_until(*order, "OrderPaid").await;
    }
    stop.cancel();
    running.stopped().await;
    let versions: Vec<i64> =
        sqlx::query_scalar("SELECT count(*) FROM processes GROUP BY manager ORDER BY manager")
            .fetch_all(&shop.pool)
            .await
            .unwrap();
    assert_eq!(versions, [20, 20]);
    assert_eq!((shop.outbox().await, shop.timers().await), (0, 0));
}
