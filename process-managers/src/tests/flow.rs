//! Orders from beginning to end.

use domain::order::{CancelReason, OrderStatus};
use tokio_util::sync::CancellationToken;

use super::shop::{PAID_BY_CARD, PAID_FROM_ACCOUNT, Shop, card, from_account};

#[tokio::test]
async fn an_order_by_card_ends_paid() {
    let shop = Shop::open().await;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_BY_CARD);
    assert_eq!(shop.status(order).await, OrderStatus::Paid);
}

#[tokio::test]
async fn an_order_from_an_account_ends_paid_and_the_money_has_moved() {
    let shop = Shop::open().await;
    let running = shop.start();
    let account = shop.account(5_000).await;
    let order = shop.place(&["TEA"], from_account(account)).await;
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_FROM_ACCOUNT);
    assert_eq!(shop.balance(account).await, (4_000, 0));
}

#[tokio::test]
async fn the_same_holds_with_the_log_in_postgresql() {
    let shop = Shop::open_on_postgres().await;
    let running = shop.start();
    let account = shop.account(5_000).await;
    let by_card = shop.place(&["TEA"], card("tok_approved")).await;
    let from_account = shop.place(&["TEA"], from_account(account)).await;
    running.settle().await.unwrap();
    assert_eq!(shop.story(by_card).await, PAID_BY_CARD);
    assert_eq!(shop.story(from_account).await, PAID_FROM_ACCOUNT);
}

#[tokio::test]
async fn every_event_tells_who_caused_it_and_why() {
    let shop = Shop::open().await;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    let history = shop.history(order).await;
    for (cause, effect) in history.iter().zip(&history[1..]) {
        let metadata = effect.metadata();
        assert!(metadata.actor.starts_with("process:"), "{metadata:?}");
        assert_eq!(metadata.causation_id, Some(cause.position.to_string()));
        assert_eq!(metadata.traceparent, cause.metadata().traceparent);
        assert_eq!(metadata.command_id.len(), 36);
    }
}

#[tokio::test]
async fn one_line_out_of_stock_cancels_the_order_and_frees_the_others() {
    let shop = Shop::open().await;
    let running = shop.start();
    let order = shop.place(&["NONE", "TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    let mut story = shop.story(order).await;
    assert_eq!(story.remove(0), "OrderPlaced");
    // Both lines are asked for at once, and so are the release and the cancellation.
    story[..2].sort();
    story[2..].sort();
    assert_eq!(
        story,
        [
            "ReservationRefused",
            "StockReserved",
            "OrderCancelled",
            "ReservationReleased"
        ]
    );
    let skus = vec!["NONE".parse().unwrap()];
    assert_eq!(
        shop.status(order).await,
        OrderStatus::Cancelled(CancelReason::OutOfStock { skus })
    );
}

#[tokio::test]
async fn a_declined_card_cancels_the_order_and_frees_its_units() {
    let shop = Shop::open().await;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_insufficient_funds")).await;
    running.settle().await.unwrap();
    let mut story = shop.story(order).await;
    story[4..].sort();
    let expected = [
        "OrderPlaced",
        "StockReserved",
        "PaymentRequested",
        "PaymentDeclined",
    ];
    assert_eq!(story[..4], expected);
    assert_eq!(story[4..], ["OrderCancelled", "ReservationReleased"]);
    let decline_code = "insufficient_funds".to_owned();
    let reason = CancelReason::PaymentDeclined { decline_code };
    assert_eq!(shop.status(order).await, OrderStatus::Cancelled(reason));
}

#[tokio::test]
async fn an_account_without_enough_money_cancels_the_order() {
    let shop = Shop::open().await;
    let running = shop.start();
    let account = shop.account(999).await;
    let order = shop.place(&["TEA"], from_account(account)).await;
    running.settle().await.unwrap();
    let decline_code = "insufficient_funds".to_owned();
    let reason = CancelReason::PaymentDeclined { decline_code };
    assert_eq!(shop.status(order).await, OrderStatus::Cancelled(reason));
}

#[tokio::test]
async fn a_capture_that_fails_cancels_the_order_and_voids_the_payment() {
    let shop = Shop::open().await;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_capture_fails")).await;
    running.settle().await.unwrap();
    let story = shop.story(order).await;
    for expected in [
        "CaptureFailed",
        "OrderCancelled",
        "ReservationReleased",
        "PaymentVoided",
    ] {
        assert_eq!(
            story.iter().filter(|name| *name == expected).count(),
            1,
            "{expected} in {story:?}"
        );
    }
}

#[tokio::test]
async fn cancelling_a_paid_order_gives_money_and_units_back() {
    let shop = Shop::open().await;
    let running = shop.start();
    let account = shop.account(5_000).await;
    let orders = [
        shop.place(&["TEA"], card("tok_approved")).await,
        shop.place(&["TEA"], from_account(account)).await,
    ];
    running.settle().await.unwrap();
    for order in orders {
        shop.cancel(order).await;
    }
    running.settle().await.unwrap();
    for order in orders {
        let story = shop.story(order).await;
        for expected in [
            "OrderCancelled",
            "ReservationReleased",
            "RefundRequested",
            "PaymentRefunded",
        ] {
            assert_eq!(
                story.iter().filter(|name| *name == expected).count(),
                1,
                "{expected} in {story:?}"
            );
        }
    }
    assert_eq!(shop.balance(account).await, (5_000, 0));
}

#[tokio::test]
async fn a_slow_gateway_holds_up_nobody_else() {
    let shop = Shop::open().await;
    let running = shop.start();
    let slow = shop.place(&["TEA"], card("tok_slow")).await;
    let quick = shop.place(&["TEA"], card("tok_approved")).await;
    shop.wait_for(quick, PAID_BY_CARD.len()).await;
    assert_ne!(shop.status(slow).await, OrderStatus::Paid);
    running.settle().await.unwrap();
    assert_eq!(shop.story(slow).await, PAID_BY_CARD);
}

#[tokio::test]
async fn many_orders_at_once_all_end_and_leave_an_empty_outbox() {
    let mut shop = Shop::open_on_postgres().await;
    // Small limits, so that pages, actions and memory all overflow.
    shop.options.batch_events = 7;
    shop.options.max_in_flight = 5;
    shop.options.concurrent_commands = 3;
    shop.options.cached_processes = 4;
    let stop = CancellationToken::new();
    let running = shop.start_until(&stop);
    let mut orders = Vec::new();
    for _ in 0..60 {
        orders.push(shop.place(&["TEA"], card("tok_approved")).await);
    }
    running.settle().await.unwrap();
    for order in orders {
        assert_eq!(shop.story(order).await, PAID_BY_CARD);
    }
    stop.cancel();
    running.stopped().await;
    assert_eq!(shop.outbox().await, 0);
}

#[tokio::test]
async fn the_last_units_go_to_as_many_orders_as_there_are_units() {
    let shop = Shop::open().await;
    let running = shop.start();
    let mut orders = Vec::new();
    for _ in 0..5 {
        orders.push(shop.place(&["CUP"], card("tok_approved")).await);
    }
    running.settle().await.unwrap();
    let mut paid = 0;
    for order in orders {
        paid += usize::from(shop.status(order).await == OrderStatus::Paid);
    }
    assert_eq!(paid, 2);
}
