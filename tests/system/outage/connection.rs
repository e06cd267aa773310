//! The line to the database is frozen, closed, or silently dead.

use platform::postgres::{
    line::Line,
    scratch::{ScratchCluster, ScratchDatabase},
};
use tests::Shop;

use super::{Till, cannot_write};

/// A shop at the end of a line.
async fn distant_shop() -> (Till, Line, ScratchDatabase) {
    let cluster = ScratchCluster::shared().await.unwrap();
    let nothing = async |_| Ok::<_, sqlx::Error>(());
    let database = cluster.database("distant", nothing).await.unwrap();
    let line = Line::to(&database.options()).await.unwrap();
    let shop = tokio::task::spawn_blocking({
        let url = line.url();
        move || Shop::start_on(url)
    });
    let till = Till::open(shop.await.unwrap().unwrap()).await.unwrap();
    till.insist(1).await.unwrap();
    till.becomes_ready(true).await.unwrap();
    (till, line, database)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_whose_database_freezes_says_so_in_time_and_goes_on_when_it_thaws() {
    let (till, line, _database) = distant_shop().await;
    line.freeze();
    cannot_write(&till.pay_in(2).await.unwrap()).unwrap();
    till.becomes_ready(false).await.unwrap();
    line.heal();
    till.insist(2).await.unwrap();
    till.becomes_ready(true).await.unwrap();
    till.shows(2).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_whose_database_is_gone_says_so_at_once_and_goes_on_when_it_is_back() {
    let (till, line, _database) = distant_shop().await;
    for round in 2..4 {
        line.close();
        cannot_write(&till.pay_in(round).await.unwrap()).unwrap();
        till.becomes_ready(false).await.unwrap();
        line.heal();
        till.insist(round).await.unwrap();
        till.becomes_ready(true).await.unwrap();
    }
    till.shows(3).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_whose_connections_are_silently_dead_takes_new_ones() {
    let (till, line, _database) = distant_shop().await;
    line.lose();
    let first = till.insist(2).await.unwrap();
    till.becomes_ready(true).await.unwrap();
    // Opened, paid in, paid in: sent again it is found done.
    assert_eq!(first.body["sequence"], 3, "{first:?}");
    let again = till.insist(2).await.unwrap();
    assert_eq!(again.body["sequence"], 3, "{again:?}");
    till.insist(3).await.unwrap();
}
