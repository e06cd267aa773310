//! The demo shop: products, stock, customers and a past of orders, made up from a seed.
//!
//! ```text
//! seed ──► plan (pure: the same seed makes the same shop) ──► commands, as REST would send them ──► log
//!                                                                ▲                                  │
//!                                                                └── ship, deliver, cancel ◄────────┘
//! ```
//!
//! Nothing is written past the use cases of the command API, and every order goes through the process
//! managers, which must run in some process while a shop is loaded.
//!
//! What always holds:
//! - every command has a key made of the seed and its number, so a load that was killed is started
//!   again and completes;
//! - a shop that is loaded is left alone;
//! - whatever the seed, the things of [`showcase`] are there.

mod catalogue;
mod customer;
mod digest;
mod error;
mod loader;
mod marker;
mod order;
mod past;
mod people;
mod plan;
mod product;
mod progress;
mod random;
pub(crate) mod showcase;
mod stock;
mod summary;
#[cfg(test)]
mod tests;

use std::time::Instant;

use command_api::Commands;

pub(crate) use self::{
    error::DemoError,
    plan::DemoSize,
    progress::Progress,
    summary::{DemoSummary, Loaded},
};
use self::{loader::Loader, marker::Begun, plan::Plan};

/// Which demo shop is loaded.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DemoOptions {
    /// The same seed makes the same shop.
    pub(crate) seed: u64,
    /// How large it is.
    pub(crate) size: DemoSize,
}

/// Loads a demo shop, unless one is there already.
///
/// The process managers must be running, in this process or in another one.
///
/// # Errors
///
/// When another demo shop was begun here, a command comes to nothing, or nothing moves any more.
pub(crate) async fn load(
    commands: &Commands,
    options: DemoOptions,
    progress: &Progress,
) -> Result<DemoSummary, DemoError> {
    let log = commands.bus().log();
    if marker::is_loaded(log).await? {
        return Ok(DemoSummary { loaded: None });
    }
    let started = Instant::now();
    let DemoOptions { seed, size } = options;
    // Some hundred milliseconds of work would hold up whoever shares the thread.
    let (plan, digest) = tokio::task::spawn_blocking(move || {
        Plan::new(seed, size).map(|plan| {
            let digest = digest::of(&plan);
            (plan, digest)
        })
    })
    .await??;
    let Begun { after } = marker::begin(log, &digest).await?;
    let loader = Loader::new(commands, seed, digest);
    tokio::try_join!(
        async {
            loader.products(&plan, progress).await?;
            loader.stock(&plan, progress).await
        },
        loader.customers(&plan, progress),
    )?;
    let outcomes = loader.orders(&plan, after, progress).await?;
    marker::finish(log, &digest).await?;
    Ok(DemoSummary {
        loaded: Some(Loaded::new(&plan, outcomes, started.elapsed())),
    })
}
