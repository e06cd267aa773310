//! Orders, from placed over HTTP to confirmed and visible in GraphQL, with everything on this machine:
//! the clients, Souk and PostgreSQL.
//!
//! The rate is what is sustained with a bounded number of orders under way. The latencies are taken at
//! half of that rate, from the log itself: from the moment that the placement was recorded to the moment
//! that the confirmation was. There is no peer: nothing else does the same.
//!
//! What each role uses for an order is seen when each is a process of its own (`checkout_roles`) and they meet in
//! the database alone.

mod buyers;
mod service;

pub(crate) use service::Usage;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;
use tests::Client;

use self::{
    buyers::{Buyers, Load, Pay},
    service::Service,
};
use crate::{
    Size,
    report::{Latency, Measure, Report, rate},
    server::{Database, Server},
};

/// How many orders are under way at most while the rate is measured.
const UNDER_WAY: usize = 512;

/// How many of the last units there are, and how many want one.
const LAST_UNITS: i64 = 50;
const RIVALS: usize = 64;
/// How many orders each of them places, so that the end of the stock comes in the middle of a rush.
const TRIES: usize = 4;

pub(crate) async fn measure(server: &Server, size: Size, report: &mut Report) -> Result<()> {
    let time = match size {
        Size::Small => Duration::from_secs(15),
        Size::Full => Duration::from_secs(60),
    };
    for (name, pay) in [("checkout_account", Pay::Account), ("checkout_card", Pay::Card)] {
        let database = server.database().await?;
        let service = Service::start(&database)?;
        let buyers = Buyers::new(service.client()?, pay).await?;
        let before = service.usage()?;
        let sold = buyers.buy(Load::UnderWay(UNDER_WAY), time).await?;
        let used = service.usage()?.since(&before);
        let orders_per_s = rate(sold.orders, sold.took);
        // At half the rate, so that nobody waits for anybody else's order.
        let from = head(&database).await?;
        buyers.buy(Load::PerSecond(orders_per_s / 2.0), time / 2).await?;
        let latency = place_to_confirmed(&database, from).await?;
        let mut measure = Measure::new(name, "orders/s", orders_per_s)
            .latency(&latency)
            .cpu(&used, sold.orders);
        measure.rss_mib = Some(service.resident_mib()?);
        report.add(measure)?;
        service.stop()?;
    }
    report.add(by_role(server, time).await?)?;
    let database = server.database().await?;
    let service = Service::start(&database)?;
    report.add(last_units(&database, service.client()?).await?)?;
    service.stop()
}

/// The same with each role in a process of its own, which tells what each of them uses for an order.
async fn by_role(server: &Server, time: Duration) -> Result<Measure> {
    let database = server.database().await?;
    let service = Service::start_apart(&database).await?;
    let buyers = Buyers::new(service.client()?, Pay::Account).await?;
    let before = service.usage()?;
    let sold = buyers.buy(Load::UnderWay(UNDER_WAY), time).await?;
    let used = service.usage()?.since(&before);
    let mut measure = Measure::new("checkout_roles", "orders/s", rate(sold.orders, sold.took));
    measure.rss_mib = Some(service.resident_mib()?);
    service.stop()?;
    Ok(measure.cpu(&used, sold.orders))
}

async fn head(database: &Database) -> Result<i64> {
    let pool = database.pool(platform::pool::DatabaseRole::Auditor).await?;
    Ok(sqlx::query_scalar("SELECT position FROM log_head")
        .fetch_one(&pool)
        .await?)
}

async fn place_to_confirmed(database: &Database, from: i64) -> Result<Latency> {
    let pool = database.pool(platform::pool::DatabaseRole::Auditor).await?;
    let took: Vec<i64> = sqlx::query_scalar(include_str!("place_to_confirmed.sql"))
        .bind(from)
        .fetch_all(&pool)
        .await?;
    ensure!(!took.is_empty(), "no order was confirmed");
    let mut latency = Latency::new()?;
    for microseconds in took {
        latency.record(Duration::from_micros(u64::try_from(microseconds)?));
    }
    Ok(latency)
}

/// The last units of a thing, and many who want it at once.
async fn last_units(database: &Database, client: Client) -> Result<Measure> {
    let buyers = Buyers::new(client.clone(), Pay::Account).await?;
    let sku = buyers.offer_rarity(LAST_UNITS).await?;
    let start = Instant::now();
    let ended = buyers.rush(&sku, RIVALS, TRIES).await?;
    let took = start.elapsed();
    ensure!(ended.total == RIVALS * TRIES, "an order has no end: {ended:?}");
    ensure!(
        i64::try_from(ended.confirmed)? == LAST_UNITS,
        "not exactly the last units were sold: {ended:?}"
    );
    // Read models of their own: the stock may be a moment behind the orders.
    let nothing_left = |data: &serde_json::Value| data["stock"]["available"] == 0;
    client
        .eventually(
            "query ($sku: String!) { stock(sku: $sku) { available } }",
            json!({"sku": sku}),
            nothing_left,
        )
        .await?;
    // Who came first to the stock was served first: no refusal before the last reservation.
    let pool = database.pool(platform::pool::DatabaseRole::Auditor).await?;
    let in_order: bool = sqlx::query_scalar(include_str!("refused_in_order.sql"))
        .bind(&sku)
        .fetch_one(&pool)
        .await?;
    ensure!(in_order, "somebody was refused while there was something left");
    Ok(Measure::new("last_50_units", "orders/s", rate(ended.total, took)))
}
