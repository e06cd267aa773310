//! Rebuilds that are killed while they are under way, and go on.

use std::process::Output;

use anyhow::{Context, Result, bail, ensure};
use sqlx::PgPool;
use tests::{Roles, until};

const NAME: &str = "orders";

/// How often was rebuilt, and how many of the rebuilds were killed before they had an end.
#[derive(Debug, Default)]
pub(super) struct Rebuilds {
    pub(super) done: usize,
    pub(super) killed: usize,
}

impl Rebuilds {
    /// Begins a rebuild of the orders, kills it as soon as it has begun, and lets another process end it.
    pub(super) async fn kill_and_resume(&mut self, roles: &Roles, pool: &PgPool) -> Result<()> {
        let last = last_generation(pool).await?;
        let mut rebuild = roles.spawn_souk(&["projections", "rebuild", NAME])?;
        let mut begun = None;
        until("a rebuild begins", async || {
            let ended = rebuild.try_wait()?.is_some();
            begun = generation_after(pool, last).await?;
            Ok(ended || begun.is_some())
        })
        .await?;
        rebuild.kill()?;
        let output = rebuild.wait_with_output()?;
        let Some(begun) = begun else {
            bail!("a rebuild ended that never began: {output:?}");
        };
        let is_open = is_building(pool, begun).await?;
        souk(roles, &["projections", "rebuild", NAME]).await?;
        if is_open {
            ensure!(
                last_generation(pool).await? == begun,
                "generation {begun} was not gone on with"
            );
            self.killed += 1;
        }
        self.done += 1;
        Ok(())
    }
}

/// Builds every read model anew and compares it, row by row, with the one that was kept up to date all the time.
pub(super) async fn live_is_rebuilt(roles: &Roles, pool: &PgPool) -> Result<()> {
    // An index has no rows; what is found by it is compared elsewhere.
    let tables = projections::registry().iter().filter(|model| model.ddl.is_some());
    for model in tables {
        souk(roles, &["projections", "rebuild", model.name, "--hold"]).await?;
        let live = generation(pool, model.name, "live").await?.to_string();
        let held = generation(pool, model.name, "ready").await?.to_string();
        let diff = souk(roles, &["projections", "diff", model.name, &live, &held]).await?;
        ensure!(diff.status.success(), "{diff:?}");
    }
    Ok(())
}

/// Runs a command until it is done: for a moment whoever was killed still holds what they had locked.
async fn souk(roles: &Roles, arguments: &[&str]) -> Result<Output> {
    let mut done = None;
    until(&arguments.join(" "), async || {
        let output = tokio::task::block_in_place(|| roles.souk(arguments))?;
        let could_not_run = output.status.code() == Some(1);
        let is_busy = String::from_utf8_lossy(&output.stderr).contains("being built");
        ensure!(!could_not_run || is_busy, "{output:?}");
        if !could_not_run {
            done = Some(output);
        }
        Ok(done.is_some())
    })
    .await?;
    done.context("it did not end")
}

async fn last_generation(pool: &PgPool) -> Result<i32> {
    let last = "SELECT coalesce(max(generation), 0) FROM projection_generations WHERE projection = $1";
    Ok(sqlx::query_scalar(last).bind(NAME).fetch_one(pool).await?)
}

async fn generation_after(pool: &PgPool, last: i32) -> Result<Option<i32>> {
    let next = last_generation(pool).await?;
    Ok((next > last).then_some(next))
}

async fn is_building(pool: &PgPool, number: i32) -> Result<bool> {
    let state =
        "SELECT state = 'building' FROM projection_generations WHERE projection = $1 AND generation = $2";
    Ok(sqlx::query_scalar(state)
        .bind(NAME)
        .bind(number)
        .fetch_one(pool)
        .await?)
}

async fn generation(pool: &PgPool, name: &str, state: &str) -> Result<i32> {
    let found = "SELECT generation FROM projection_generations WHERE projection = $1 AND state = $2";
    Ok(sqlx::query_scalar(found)
        .bind(name)
        .bind(state)
        .fetch_one(pool)
        .await?)
}
