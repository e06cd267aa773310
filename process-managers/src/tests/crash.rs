//! A crash at any point: the order ends once, and nothing happens twice.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use domain::process::{Fulfilment, Settlement};
use tokio_util::sync::CancellationToken;

use super::{
    gateways::Troubled,
    shop::{PAID_BY_CARD, PAID_FROM_ACCOUNT, Shop, card, from_account},
};
use crate::runner::{Manager, follows::Follows};

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
async fn crashes<M: Follows>(shop: &Shop, polls: usize, settled: impl Future<Output = ()>) -> bool {
    let manager = Manager::<M>::new(&shop.wiring(), shop.options, CancellationToken::new());
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
    let other = tokio::spawn(Manager::<O>::new(&shop.wiring(), shop.options, stop.clone()).run());
    let mut orders = 0;
    for polls in 1.. {
        let payment = if from_an_account {
            from_account(account)
        } else {
            card("tok_approved")
        };
        let order = shop.place(&["TEA"], payment).await;
        orders += 1;
        let crashed = crashes::<M>(&shop, polls, shop.wait_for(order, expected.len())).await;
        let again =
            tokio::spawn(Manager::<M>::new(&shop.wiring(), shop.options, CancellationToken::new()).run());
        shop.wait_for(order, expected.len()).await;
        assert_eq!(shop.story(order).await, expected, "after a crash at poll {polls}");
        again.abort();
        let _aborted = again.await;
        if !crashed {
            break;
        }
    }
    eprintln!("POLLS {orders}");
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
