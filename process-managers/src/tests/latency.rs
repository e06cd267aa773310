
use super::shop::*;
use std::time::Instant;
async fn run(kind: &str, pg: bool) {
    let shop = if pg { Shop::open_on_postgres().await } else { Shop::open().await };
    let running = shop.start();
    let account = shop.account(100_000_000).await;
    let mut confirmed = vec![]; let mut paid = vec![];
    for _ in 0..100 {
        let (method, n, c) = if kind == "card" { (card("tok_approved"), 8, 5) } else { (from_account(account), 10, 6) };
        let begin = Instant::now();
        let order = shop.place(&["TEA"], method).await;
        shop.wait_for(order, c).await;
        confirmed.push(begin.elapsed());
        shop.wait_for(order, n).await;
        paid.push(begin.elapsed());
    }
    confirmed.sort(); paid.sort();
    eprintln!("LAT {kind} pg={pg}: confirmed p50 {:?} p95 {:?}; paid p50 {:?} p95 {:?}", confirmed[50], confirmed[95], paid[50], paid[95]);
    let begin = Instant::now();
    let mut orders = vec![];
    for _ in 0..10 {
        orders.extend(futures::future::join_all((0..50).map(|_| shop.place(&["TEA"], if kind == "card" { card("tok_approved") } else { from_account(account) }))).await);
    }
    running.settle().await.unwrap();
    eprintln!("LAT {kind} pg={pg}: 500 orders in {:?}", begin.elapsed());
}
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn latency() { for pg in [true, false] { run("card", pg).await; run("account", pg).await; } }
