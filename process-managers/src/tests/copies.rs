//! Several copies on one database.

use super::shop::{PAID_BY_CARD, Shop, card};
use crate::{
    ProcessError,
    store::{Save, Store, Watch},
};

#[tokio::test]
async fn of_two_copies_one_works_and_every_event_is_reacted_to_once() {
    let shop = Shop::open_on_postgres().await;
    let (one, two) = (shop.start(), shop.start());
    let mut orders = Vec::new();
    for _ in 0..20 {
        orders.push(shop.place(&["TEA"], card("tok_approved")).await);
    }
    for order in &orders {
        shop.wait_for(*order, PAID_BY_CARD.len()).await;
    }
    for (one, two) in one.statuses().iter().zip(two.statuses()) {
        assert!(one.active != two.active, "{one:?} {two:?}");
    }
    for order in orders {
        assert_eq!(shop.story(order).await, PAID_BY_CARD);
    }
}

#[tokio::test]
async fn another_copy_takes_over_when_the_working_one_dies() {
    let shop = Shop::open_on_postgres().await;
    let first = shop.start();
    first.settle().await.unwrap();
    let second = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    drop(first);
    second.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_BY_CARD);
    assert!(second.statuses().iter().all(|status| status.active));
}

#[tokio::test]
async fn a_lost_connection_is_got_over() {
    let shop = Shop::open_on_postgres().await;
    let running = shop.start();
    running.settle().await.unwrap();
    let killed: i64 = sqlx::query_scalar(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_locks
         WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .fetch_one(&shop.owner().await)
    .await
    .unwrap();
    assert_eq!(usize::try_from(killed).unwrap(), running.statuses().len());
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    shop.wait_for(order, PAID_BY_CARD.len()).await;
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_BY_CARD);
}

fn save(expected: i64, position: i64) -> Save {
    Save {
        expected,
        position,
        processes: Vec::new(),
        outgoing: Vec::new(),
        done: Vec::new(),
        timers_set: Vec::new(),
        timers_dropped: Vec::new(),
    }
}

#[tokio::test]
async fn a_copy_that_lost_its_place_writes_nothing() {
    let shop = Shop::open().await;
    let mut late = Store::open(&shop.pool, "tests").await.unwrap();
    let mut working = Store::open(&shop.pool, "tests").await.unwrap();
    assert!(working.try_lock().await.unwrap());
    assert!(!late.try_lock().await.unwrap());
    let expected = late.take_over().await.unwrap();
    assert_eq!(working.take_over().await.unwrap(), expected);
    // The checkpoint is where it was left, and still the save belongs to a tenure that is over.
    let refused = late.save(&save(expected, 4)).await.unwrap_err();
    assert!(matches!(refused, ProcessError::Fenced { .. }), "{refused:?}");
    working.save(&save(expected, 5)).await.unwrap();
    let refused = late.save(&save(expected, 4)).await.unwrap_err();
    assert!(
        matches!(refused, ProcessError::Fenced { expected: 0, .. }),
        "{refused:?}"
    );
    assert_eq!(late.take_over().await.unwrap(), 5);
}

#[tokio::test]
async fn the_lock_of_a_copy_that_says_nothing_is_taken_from_it_and_that_of_a_living_one_is_not() {
    let shop = Shop::open().await;
    let mut silent = Store::open(&shop.pool, "tests").await.unwrap();
    assert!(silent.try_lock().await.unwrap());
    let mut living = Store::open(&shop.pool, "other tests").await.unwrap();
    assert!(living.try_lock().await.unwrap());
    let mut next = Store::open(&shop.pool, "tests").await.unwrap();
    let mut watch = Watch::new(&shop.pool, "tests");
    let mut other_watch = Watch::new(&shop.pool, "other tests");
    let taken_over = async {
        while !next.try_lock().await.unwrap() {
            watch.end_hung().await.unwrap();
            living.ping().await.unwrap();
            assert!(!other_watch.end_hung().await.unwrap());
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), taken_over)
        .await
        .unwrap();
    silent.ping().await.unwrap_err();
    living.ping().await.unwrap();
}
