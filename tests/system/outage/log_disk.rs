//! The write-ahead log cannot grow: PostgreSQL panics, and every server that is started in its place does so,
//! for as long as there is no room.
//!
//! As in [`super::disk`] the files are forbidden to become longer, here to whatever the shop starts.

use anyhow::Context as _;
use platform::postgres::running_server;
use serde_json::Value;
use sqlx::PgPool;
use tests::Shop;

use super::{Till, cannot_write, disk::limit};

/// Writes into the write-ahead log alone, as far as files of the cluster are long.
const FILL: &str = "
    SELECT pg_switch_wal();
    SELECT pg_logical_emit_message(true, 'filler', repeat('x', 100000)) FROM generate_series(1, 50);
    CHECKPOINT";

/// The longest file besides those of the write-ahead log, and how far the log is in its own file.
const SIZES: &str = "
    SELECT (SELECT max(pg_relation_size(oid)) FROM pg_class WHERE relkind IN ('r', 'i', 't')),
           (pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') % 16777216)::bigint";

/// More servers than used to be started before the shop gave up.
const RESTARTS: usize = 7;

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_whose_write_ahead_log_has_no_room_waits_for_it_and_goes_on() {
    let till = Till::open(Shop::start(&[]).unwrap()).await.unwrap();
    let pool = PgPool::connect_with(running_server(&till.shop.data(), "souk").unwrap().unwrap())
        .await
        .unwrap();
    let shop = till.shop.process_id().unwrap();
    if !limit(shop, None) {
        println!("this machine does not let the test limit the shop, so there is nothing to be seen");
        return;
    }
    till.insist(1).await.unwrap();
    sqlx::raw_sql(FILL).execute(&pool).await.unwrap();
    let (longest, written): (i64, i64) = sqlx::query_as(SIZES).fetch_one(&pool).await.unwrap();
    assert!(
        longest < written,
        "a file has {longest} bytes, and the log only {written}"
    );
    let servers: Vec<i32> = sqlx::query_scalar("SELECT pid FROM pg_stat_activity")
        .fetch_all(&pool)
        .await
        .unwrap();
    let main = std::fs::read_to_string(till.shop.data().join("postgres/data/postmaster.pid")).unwrap();
    let main: u32 = main.lines().next().unwrap().parse().unwrap();
    // First those who have children, which inherit it.
    let most = u64::try_from(written).ok();
    assert!(limit(shop, most) && limit(main, most));
    for server in servers {
        assert!(limit(u32::try_from(server).unwrap(), most));
    }
    drop(pool);

    let refusal = till.pay_in(2).await.unwrap();
    cannot_write(&refusal).unwrap();
    till.becomes_ready(false).await.unwrap();
    let mut said = Value::Null;
    let waits = tests::until(
        "the shop says that there is no room, and goes on trying",
        async || {
            let health = till.client.get("/health/ready").await?;
            said = health.body["checks"].clone();
            let postgres = &said["postgres"];
            let message = postgres["message"].as_str().unwrap_or_default();
            let tried = till
                .shop
                .log()?
                .matches("PostgreSQL ended while it started")
                .count();
            Ok(tried >= RESTARTS && message.contains("no room"))
        },
    );
    let waits = waits.await;
    waits
        .with_context(|| format!("{said}\n{}", till.shop.log().unwrap_or_default()))
        .unwrap();
    assert_eq!(till.client.get("/health/live").await.unwrap().status, 200);

    assert!(limit(shop, None));
    till.becomes_ready(true).await.unwrap();
    till.insist(2).await.unwrap();
    till.shows(2).await.unwrap();
}
