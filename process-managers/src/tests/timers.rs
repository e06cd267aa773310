//! Timers ring once, late ones too, wherever the crash is.

use std::{sync::Arc, time::Duration};

use domain::{
    order::{CancelReason, OrderStatus},
    process::{Fulfilment, Settlement},
};
use tokio_util::sync::CancellationToken;

use super::{
    gateways::Troubled,
    shop::{PAID_BY_CARD, Shop, card},
};

/// A gateway that never answers, so that orders by card wait.
fn silent() -> Arc<Troubled> {
    Arc::new(Troubled::new(usize::MAX, Troubled::unreachable))
}

fn count(story: &[String], name: &str) -> usize {
    story.iter().filter(|event| *event == name).count()
}

#[tokio::test]
async fn an_order_that_does_not_move_gives_its_units_back() {
    let shop = Shop::open_in_the_past(silent()).await;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    shop.wait_until(order, "OrderCancelled").await;
    shop.wait_until(order, "ReservationReleased").await;
    assert_eq!(
        shop.status(order).await,
        OrderStatus::Cancelled(CancelReason::ReservationExpired)
    );
    // What follows from a timer belongs to the request that set it.
    let history = shop.history(order).await;
    let placed = &history[0];
    let cancelled = history
        .iter()
        .find(|event| event.event_type == "OrderCancelled")
        .unwrap();
    let metadata = cancelled.metadata();
    assert_eq!(metadata.actor, "process:fulfilment");
    assert_eq!(metadata.traceparent, placed.metadata().traceparent);
    let cause: i64 = metadata.causation_id.unwrap().parse().unwrap();
    assert!(history.iter().any(|event| event.position == cause), "{cause}");
    drop(running);
}

#[tokio::test]
async fn a_timer_that_is_not_due_waits_and_one_of_a_finished_order_is_gone() {
    let shop = Shop::open().await;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_BY_CARD);
    assert_eq!(shop.timers().await, 0);
    drop(running);

    let mut shop = Shop::open_with(silent()).await;
    shop.options.gateway.open_for = Duration::from_millis(100);
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    shop.wait_for(order, 3).await;
    while running.statuses().iter().all(|status| status.deferred == 0) {
        tokio::task::yield_now().await;
    }
    let next = running
        .statuses()
        .into_iter()
        .filter_map(|status| status.next_timer_at)
        .min();
    assert!(next.is_some_and(|next| next > chrono::Utc::now()), "{next:?}");
    assert_eq!(count(&shop.story(order).await, "OrderCancelled"), 0);
}

#[tokio::test]
async fn a_timer_that_was_due_while_nobody_worked_rings_at_once() {
    let mut shop = Shop::open_in_the_past(silent()).await;
    // The first copy believes that there may be another one, and dies before it lets timers ring.
    shop.options.lease = Duration::from_secs(3_600);
    let first = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    while shop.timers().await < 2 {
        tokio::task::yield_now().await;
    }
    drop(first);
    assert_eq!(count(&shop.story(order).await, "OrderCancelled"), 0);
    shop.options.lease = Duration::ZERO;
    let second = shop.start();
    shop.wait_until(order, "OrderCancelled").await;
    shop.wait_until(order, "ReservationReleased").await;
    assert_eq!(count(&shop.story(order).await, "ReservationReleased"), 1);
    drop(second);
}

#[tokio::test]
async fn a_timer_may_ring_while_the_service_crashes_at_any_await() {
    let shop = Shop::open_in_the_past(silent()).await;
    let stop = CancellationToken::new();
    let other = tokio::spawn(shop.manager::<Settlement>(&stop).run());
    let mut crashes = 0;
    for polls in 1.. {
        let order = shop.place(&["TEA"], card("tok_approved")).await;
        let ended = shop.wait_until(order, "ReservationReleased");
        let crashed = super::crash::crashes::<Fulfilment>(&shop, polls, ended).await;
        let again = tokio::spawn(shop.manager::<Fulfilment>(&CancellationToken::new()).run());
        shop.wait_until(order, "OrderCancelled").await;
        shop.wait_until(order, "ReservationReleased").await;
        again.abort();
        let _aborted = again.await;
        let story = shop.story(order).await;
        assert_eq!(
            count(&story, "OrderCancelled"),
            1,
            "after a crash at poll {polls}: {story:?}"
        );
        assert_eq!(
            count(&story, "ReservationReleased"),
            1,
            "after a crash at poll {polls}: {story:?}"
        );
        if !crashed {
            break;
        }
        crashes += 1;
    }
    assert!(crashes > 10, "only {crashes} polls were tried");
    stop.cancel();
    other.await.unwrap();
}

#[tokio::test]
async fn a_timer_rings_by_the_clock_although_the_time_of_the_log_is_an_hour_ahead_of_it() {
    let mut shop = Shop::open_in_the_future(silent()).await;
    // The first copy lets no timer ring, so the rows can be looked at.
    shop.options.lease = Duration::from_secs(3_600);
    let first = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    while shop.timers().await < 2 {
        tokio::task::yield_now().await;
    }
    drop(first);
    let late: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM process_timers WHERE due_at <= now() OR rings_at > now() + interval '59 minutes'",
    )
    .fetch_one(&shop.pool)
    .await
    .unwrap();
    assert_eq!(late, 0, "timers are an hour late, or not in the time of the log");
    let shown: bool =
        sqlx::query_scalar("SELECT bool_and(rings_at < due_at - interval '59 minutes') FROM process_timers")
            .fetch_one(&shop.pool)
            .await
            .unwrap();
    assert!(shown, "a timer is later by the clock than by the log");

    // What is left of its time passes.
    sqlx::query("UPDATE process_timers SET rings_at = now() WHERE name = 'reservation_expiry'")
        .execute(&shop.pool)
        .await
        .unwrap();
    shop.options.lease = Duration::ZERO;
    let second = shop.start();
    shop.wait_until(order, "OrderCancelled").await;
    assert_eq!(
        shop.status(order).await,
        OrderStatus::Cancelled(CancelReason::ReservationExpired)
    );
    drop(second);
}
