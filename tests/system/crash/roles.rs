//! Each role in a process of its own, killed at random while customers buy and a read model is rebuilt.
//!
//! `SOUK_SOAK_SECONDS` says for how long, and `SOUK_SOAK_SEED` repeats the choices of an earlier run. What the
//! system does in between is not repeated, so a seed is a beginning and not a proof.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tests::{Role, soak, until};
use uuid::Uuid;

use super::{
    audit::Audit,
    customers::Customers,
    dice::Dice,
    log::Log,
    pulse::{self, Pulse},
    rebuilds::{self, Rebuilds},
};
use crate::apart::Apart;

/// How long it goes on unless the environment says otherwise.
const SECONDS: u64 = 20;

/// Who is killed. Whoever asks queries only sees them fail; the others must go on where they were.
const MORTAL: [Role; 3] = [Role::CommandApi, Role::ProcessManagers, Role::Projections];

/// One rebuild for so many kills.
const KILLS_PER_REBUILD: usize = 4;

/// Ends that must have been come to, or the customers did not try hard enough.
const ENDS: [&str; 6] = [
    "paid",
    "delivered",
    "by_customer",
    "out_of_stock",
    "payment_declined",
    "capture_failed",
];

#[tokio::test(flavor = "multi_thread")]
async fn money_goods_and_read_models_are_right_however_often_a_role_is_killed() {
    let (seed, time) = (
        seed().unwrap(),
        Duration::from_secs(soak::seconds(SECONDS).unwrap()),
    );
    println!("crash: SOUK_SOAK_SEED={seed}");
    let mut dice = Dice::new(seed);
    let mut shop = Apart::start("roles").await.unwrap();
    let (roles, pool) = (&mut shop.roles, &shop.pool);

    // A read model that is made for the first time is not rebuilt at the same time.
    let are_there = async || Ok(Pulse::take(pool).await?.shown > 0);
    let mut customers = Customers::arrive(&roles.client().unwrap(), &mut dice)
        .await
        .unwrap();
    let arrived = Instant::now();
    until("the read models are there", are_there)
        .await
        .with_context(|| roles.complaints())
        .unwrap();
    println!("crash: read models after {} ms", arrived.elapsed().as_millis());
    let start = Instant::now();
    let mut slowest = Duration::ZERO;
    let (mut killed, mut rebuilds) = (BTreeMap::<&str, usize>::new(), Rebuilds::default());
    while start.elapsed() < time || (rebuilds.killed == 0 && start.elapsed() < 4 * time) {
        let (before, acknowledged) = (Pulse::take(pool).await.unwrap(), customers.acknowledged());
        let more = 5 + dice.roll(20);
        // Sometimes another one before the first has recovered.
        for _ in 0..1 + usize::from(dice.once_in(3)) {
            let role = *dice.pick(&MORTAL);
            roles.kill(role).unwrap();
            roles.resume(role).unwrap();
            *killed.entry(role.name()).or_default() += 1;
        }
        if killed.values().sum::<usize>() > rebuilds.done * KILLS_PER_REBUILD {
            rebuilds.kill_and_resume(roles, pool).await.unwrap();
        }
        let (mut now, since) = (before, Instant::now());
        let gets_on = until("the shop gets on", async || {
            roles.check_alive()?;
            customers.check()?;
            now = Pulse::take(pool).await?;
            Ok(customers.acknowledged() >= acknowledged + more && now.is_past(&before))
        });
        let outcome = gets_on.await;
        outcome
            .with_context(|| {
                let come = customers.acknowledged() - acknowledged;
                let said = roles.complaints();
                format!("{come} of {more} orders came, {before:?} became {now:?}\n{said}")
            })
            .unwrap();
        slowest = slowest.max(since.elapsed());
    }
    let took = start.elapsed();
    let acknowledged = customers.leave().await.unwrap();
    pulse::settle(pool).await.unwrap();

    let log = Log::of(&roles.souk(&Log::LIST).unwrap());
    let audit = Audit::of(&log);
    audit.everything_ended(&acknowledged);
    for end in ENDS {
        assert!(
            audit.ends().contains_key(end),
            "nothing was {end}: {:?}",
            audit.ends()
        );
    }
    assert!(rebuilds.killed > 0, "every rebuild was done before it was killed");
    rebuilds::live_is_rebuilt(roles, pool).await.unwrap();
    println!(
        "crash: {} s, {} orders, {} events, killed {killed:?}, back within {} ms, {rebuilds:?}, ends {:?}",
        took.as_secs(),
        acknowledged.len(),
        log.0.len(),
        slowest.as_millis(),
        audit.ends()
    );
    shop.stop().await.unwrap();
}

/// The seed that was asked for, or one that was not there before.
fn seed() -> Result<u64> {
    match platform::config::variable("SOUK_SOAK_SEED")? {
        Some(seed) => Ok(seed.parse()?),
        None => Ok(Uuid::now_v7().as_u64_pair().1),
    }
}
