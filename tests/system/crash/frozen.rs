//! A process that carries orders hangs, without an end and without a word: another copy takes over, and what
//! the first one does when it goes on counts once.

use std::process::Child;

use anyhow::{Context, Result, ensure};
use tests::{Role, Roles, signal, until};

use super::{audit::Audit, customers::Customers, dice::Dice, log::Log, pulse, pulse::Pulse};
use crate::apart::Apart;

/// How often one of two copies is stopped and goes on.
const ROUNDS: usize = 4;

/// How many orders must be acknowledged and carried while one copy hangs.
const ORDERS: usize = 20;

/// Which choices the customers make.
const SEED: u64 = 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_hangs_is_replaced_and_what_it_does_later_counts_once() {
    let mut shop = Apart::start("frozen").await.unwrap();
    let roles = &mut shop.roles;
    let mut customers = Customers::arrive(&roles.client().unwrap(), &mut Dice::new(SEED))
        .await
        .unwrap();
    let mut other = Other(roles.spawn_souk(&["serve", "process-managers"]).unwrap());
    let copies = [roles.process_id(Role::ProcessManagers).unwrap(), other.0.id()];

    for round in 0..ROUNDS {
        let hung = copies[round % copies.len()];
        signal("-STOP", hung).unwrap();
        let outcome = gets_on(roles, &mut customers, &shop.pool).await;
        // It goes on, also for a test that failed: stopped, it would not end.
        signal("-CONT", hung).unwrap();
        let complaints = || format!("in round {round}\n{}", roles.complaints());
        outcome.with_context(complaints).unwrap();
        assert!(other.0.try_wait().unwrap().is_none(), "the other copy ended");
    }
    let acknowledged = customers.leave().await.unwrap();
    pulse::settle(&shop.pool).await.unwrap();

    let log = Log::of(&shop.roles.souk(&Log::LIST).unwrap());
    Audit::of(&log).everything_ended(&acknowledged);
    shop.roles.check_alive().unwrap();
    signal("-TERM", other.0.id()).unwrap();
    assert!(other.0.wait().unwrap().success());
    shop.stop().await.unwrap();
}

/// The second copy, which does not outlive a test that fails.
struct Other(Child);

impl Drop for Other {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and that is fine.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Orders are taken, and carried beyond what the log had when the copy was stopped.
async fn gets_on(roles: &mut Roles, customers: &mut Customers, pool: &sqlx::PgPool) -> Result<()> {
    let (before, acknowledged) = (Pulse::take(pool).await?, customers.acknowledged());
    until("the shop gets on without the copy that hangs", async || {
        roles.check_alive()?;
        customers.check()?;
        let now = Pulse::take(pool).await?;
        ensure!(now.parked == 0, "a command was given up: {now:?}");
        Ok(customers.acknowledged() >= acknowledged + ORDERS && now.is_past(&before))
    })
    .await
}
