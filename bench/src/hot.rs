//! Reservations of one hot SKU by many buyers at once.
//!
//! The peer is what shops usually do: `UPDATE … SET qty = qty - 1 WHERE qty >= 1`, one transaction each.

use std::{sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use chrono::{TimeDelta, Utc};
use domain::{
    stock::{Stock, StockCommand},
    value::{OrderId, Quantity, WarehouseCode},
};
use event_store::{BusOptions, CommandBus, CommandContext, Decoder};
use platform::pool::DatabaseRole;
use uuid::Uuid;

use crate::{
    Size,
    append::run,
    report::{Measure, Report},
    server::{Database, Server},
};

const BUYERS: usize = 64;
const SKU: &str = "HOT-1";

pub(crate) async fn measure(server: &Server, size: Size, report: &mut Report) -> Result<()> {
    let time = match size {
        Size::Small => Duration::from_secs(3),
        Size::Full => Duration::from_secs(15),
    };
    let (ours, latency) = ours(&server.database().await?, time).await?;
    let peer = update_in_place(&server.database().await?, time).await?;
    let measure = Measure::new("hot_sku", "reservations/s", ours).peer("UPDATE in place", peer);
    report.add(measure.latency(&latency).resident())
}

async fn ours(database: &Database, time: Duration) -> Result<(f64, crate::report::Latency)> {
    let decoder = Arc::new(Decoder::new(domain::upcasters()));
    let log = database.log().await?;
    let bus = Arc::new(CommandBus::new(log, decoder, BusOptions::default()));
    let receive = StockCommand::Receive {
        warehouse: WarehouseCode::try_from("main".to_owned())?,
        quantity: Quantity::try_from(i64::from(Quantity::MAX))?,
        lot: None,
        expires_on: None,
    };
    bus.execute::<Stock>(SKU, receive, CommandContext::default())
        .await?;
    let one = Quantity::try_from(1)?;
    let result = run(BUYERS, time, {
        let bus = bus.clone();
        move || {
            let bus = bus.clone();
            async move {
                let at = Utc::now();
                let order_id = OrderId::new(Uuid::now_v7());
                let expires_at = at + TimeDelta::minutes(15);
                let reserve = StockCommand::Reserve {
                    order_id,
                    quantity: one,
                    at,
                    expires_at,
                    provisional: false,
                };
                bus.execute::<Stock>(SKU, reserve, CommandContext::default())
                    .await?;
                Ok(())
            }
        }
    })
    .await?;
    let stock = bus.fetch::<Stock>(SKU).await?.state;
    let reserved: u64 = stock.buckets.iter().map(|bucket| bucket.reserved).sum();
    ensure!(
        reserved == u64::try_from(stock.reservations.len())?,
        "something was sold twice"
    );
    Ok(result)
}

async fn update_in_place(database: &Database, time: Duration) -> Result<f64> {
    let pool = database.pool(DatabaseRole::Owner).await?;
    sqlx::query("CREATE TABLE shelf (sku text PRIMARY KEY, qty bigint NOT NULL)")
        .execute(&pool)
        .await?;
    sqlx::query("INSERT INTO shelf VALUES ($1, 1000000000)")
        .bind(SKU)
        .execute(&pool)
        .await?;
    let (rate, _) = run(BUYERS, time, move || {
        let pool = pool.clone();
        async move {
            let sold = "UPDATE shelf SET qty = qty - 1 WHERE sku = $1 AND qty >= 1";
            sqlx::query(sold).bind(SKU).execute(&pool).await?;
            Ok(())
        }
    })
    .await?;
    Ok(rate)
}
