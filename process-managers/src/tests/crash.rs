//! A crash at any point: the order ends once, and nothing happens twice.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use domain::{
    process::{Action, Fulfilment, Settlement},
    stock::StockCommand,
    value::Sku,
};
use tokio_util::sync::CancellationToken;

use super::{
    gateways::Troubled,
    shop::{PAID_BY_CARD, PAID_FROM_ACCOUNT, Shop, card, from_account},
};
use crate::{identity::Cause, runner::follows::Follows};

/// A future that is polled some number of times and then never again.
struct Until<F> {
    polls: usize,
    work: Pin<Box<F>>,
}

impl<F: Future> Future for Until<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(left) = self.polls.checked_sub(1) else {
            return Poll::Ready(());
        };
        self.polls = left;
        self.work.as_mut().poll(context).map(|_| ())
    }
}

/// Runs one process manager until it was polled some number of times, and then drops it where it is;
/// says whether it was dropped before everything had settled.
pub(super) async fn crashes<M: Follows>(
    shop: &Shop,
    polls: usize,
    settled: impl Future<Output = ()>,
) -> bool {
    let manager = shop.manager::<M>(&CancellationToken::new());
    let crash = Until {
        polls,
        work: Box::pin(manager.run()),
    };
    tokio::select! {
        biased;
        () = pin!(settled) => false,
        () = crash => true,
    }
}

/// How often all places of a crash are tried. How many polls an order takes depends on how its wake-ups
/// coincide, so another round crashes at other places.
const ROUNDS: usize = 2;

/// Crashes one process manager after 1, 2, 3, … polls, each time with a new order, until one order
/// came through without a crash. The other process manager runs undisturbed.
async fn crash_everywhere<M: Follows, O: Follows>(from_an_account: bool) {
    let gateway = Arc::new(Troubled::new(0, Troubled::unreachable));
    let shop = Shop::open_with(gateway.clone()).await;
    let expected = if from_an_account {
        PAID_FROM_ACCOUNT
    } else {
        PAID_BY_CARD
    };
    let account = shop.account(1_000_000).await;
    let stop = CancellationToken::new();
    let other = tokio::spawn(shop.manager::<O>(&stop).run());
    let mut orders = 0;
    for _ in 0..ROUNDS {
        for polls in 1.. {
            let payment = if from_an_account {
                from_account(account)
            } else {
                card("tok_approved")
            };
            let order = shop.place(&["TEA"], payment).await;
            orders += 1;
            let crashed = crashes::<M>(&shop, polls, shop.wait_for(order, expected.len())).await;
            let again = tokio::spawn(shop.manager::<M>(&CancellationToken::new()).run());
            shop.wait_for(order, expected.len()).await;
            assert_eq!(shop.story(order).await, expected, "after a crash at poll {polls}");
            again.abort();
            let _aborted = again.await;
            if !crashed {
                break;
            }
        }
    }
    assert!(orders > 10, "only {orders} polls were tried");
    // Whatever was sent again was asked under the same key.
    let by_card = if from_an_account { 0 } else { orders };
    assert_eq!(
        (gateway.questions("authorise"), gateway.questions("capture")),
        (by_card, by_card)
    );
    stop.cancel();
    other.await.unwrap();

    // Nothing comes after the end, either.
    let head = shop.log.head().await.unwrap();
    let running = shop.start();
    running.settle().await.unwrap();
    assert_eq!(shop.log.head().await.unwrap(), head);
    drop(running);
}

#[tokio::test]
async fn fulfilment_may_crash_at_any_await() {
    crash_everywhere::<Fulfilment, Settlement>(true).await;
}

#[tokio::test]
async fn settlement_with_accounts_may_crash_at_any_await() {
    crash_everywhere::<Settlement, Fulfilment>(true).await;
}

#[tokio::test]
async fn settlement_with_a_gateway_may_crash_at_any_await() {
    crash_everywhere::<Settlement, Fulfilment>(false).await;
}

#[tokio::test]
async fn everything_may_crash_after_any_event() {
    let shop = Shop::open_on_postgres().await;
    let account = shop.account(1_000_000).await;
    for from_an_account in [true, false] {
        let expected = if from_an_account {
            PAID_FROM_ACCOUNT
        } else {
            PAID_BY_CARD
        };
        for events in 1..=expected.len() {
            let running = shop.start();
            let payment = if from_an_account {
                from_account(account)
            } else {
                card("tok_approved")
            };
            let order = shop.place(&["TEA"], payment).await;
            shop.wait_for(order, events).await;
            drop(running);
            let running = shop.start();
            running.settle().await.unwrap();
            assert_eq!(
                shop.story(order).await,
                expected,
                "after a crash at event {events}"
            );
        }
    }
}

#[tokio::test]
async fn a_cancelled_order_gives_everything_back_once_wherever_the_crash_is() {
    let shop = Shop::open().await;
    let account = shop.account(1_000_000).await;
    let before = shop.balance(account).await;
    for events in 1..=PAID_FROM_ACCOUNT.len() {
        let running = shop.start();
        let order = shop.place(&["TEA"], from_account(account)).await;
        shop.wait_for(order, events).await;
        shop.cancel(order).await;
        drop(running);
        let running = shop.start();
        running.settle().await.unwrap();
        let story = shop.story(order).await;
        let count = |name: &str| story.iter().filter(|event| *event == name).count();
        assert_eq!(count("OrderCancelled"), 1, "{story:?}");
        assert_eq!(count("ReservationReleased"), count("StockReserved"), "{story:?}");
        assert_eq!(count("AccountRefunded"), count("HoldCaptured"), "{story:?}");
        assert_eq!(
            count("HoldReleased") + count("HoldCaptured"),
            count("FundsHeld"),
            "{story:?}"
        );
        assert_eq!(
            shop.balance(account).await,
            before,
            "cancelled after event {events}"
        );
    }
}

#[tokio::test]
async fn a_stop_lets_what_was_begun_end() {
    let shop = Shop::open().await;
    let stop = CancellationToken::new();
    let running = shop.start_until(&stop);
    let order = shop.place(&["TEA"], card("tok_slow")).await;
    shop.wait_for(order, 3).await;
    while running.statuses().iter().all(|status| status.in_flight == 0) {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    running.stopped().await;
    // The authorisation was under way and has its answer; nothing follows from it yet.
    assert_eq!(shop.story(order).await, &PAID_BY_CARD[..4]);
    assert_eq!(shop.outbox().await, 0);
    let running = shop.start();
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_BY_CARD);
}

#[tokio::test]
async fn an_action_that_is_sent_again_happens_once() {
    let shop = Shop::open().await;
    // Receiving goods twice would be two deliveries: only the key can tell that it is one.
    let receive = StockCommand::Receive {
        warehouse: "main".to_owned().try_into().unwrap(),
        quantity: 5.try_into().unwrap(),
        lot: None,
        expires_on: None,
    };
    let action = Action::from(("TEA".parse::<Sku>().unwrap(), receive));
    let before = shop.log.head().await.unwrap();
    for _ in 0..2 {
        sqlx::query(
            "INSERT INTO process_outbox (manager, position, index, process_id, action, key, metadata)
             VALUES ('fulfilment', 1, 0, 'x', $1::json, $2, '{}')",
        )
        .bind(serde_json::to_string(&action).unwrap())
        .bind(Cause::Event(1).key("fulfilment", 0))
        .execute(&shop.pool)
        .await
        .unwrap();
        let stop = CancellationToken::new();
        let running = shop.start_until(&stop);
        running.settle().await.unwrap();
        stop.cancel();
        running.stopped().await;
        assert_eq!(shop.outbox().await, 0);
        assert_eq!(shop.log.head().await.unwrap(), before + 1);
    }
}

#[tokio::test]
async fn what_the_database_lost_is_made_again_and_nothing_happens_twice() {
    let gateway = Arc::new(Troubled::new(0, Troubled::unreachable));
    let shop = Shop::open_with(gateway.clone()).await;
    let account = shop.account(5_000).await;
    let running = shop.start();
    let by_card = shop.place(&["TEA", "CUP"], card("tok_approved")).await;
    shop.place(&["TEA"], from_account(account)).await;
    running.settle().await.unwrap();
    shop.cancel(by_card).await;
    running.settle().await.unwrap();
    drop(running);

    // The server crashed before any of it reached the disk, except for the log.
    for statement in [
        "DELETE FROM processes",
        "DELETE FROM process_outbox",
        "UPDATE process_checkpoints SET position = 0",
    ] {
        sqlx::query(statement).execute(&shop.pool).await.unwrap();
    }
    let (head, asked) = (shop.log.head().await.unwrap(), gateway.calls());
    let running = shop.start();
    running.settle().await.unwrap();
    assert_eq!(shop.log.head().await.unwrap(), head);
    assert_eq!(gateway.calls(), 2 * asked, "the gateway is asked again");
    let questions = ["authorise", "capture", "refund"].map(|kind| gateway.questions(kind));
    assert_eq!(questions, [1, 1, 1], "but not under another key");
    assert_eq!(
        running.statuses().iter().map(|status| status.parked).sum::<i64>(),
        0
    );
}
