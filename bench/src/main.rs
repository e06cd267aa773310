//! Measures Souk beside what it could be at best and beside its peers, in the same run.
//!
//! A table goes to stderr and one JSON line for each measure to stdout. Absolute figures are those of the
//! machine; on a noisy one only the ratios hold.

mod append;
mod checkout;
mod disintegrate_peer;
mod growth;
mod history;
mod hot;
mod lag;
mod parcel;
mod read;
mod rebuild;
mod relevance;
mod report;
mod search;
mod server;
mod wake;

use clap::{Parser, ValueEnum};
use report::Report;
use server::Server;

/// The one of the shop.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What to measure, and how much of it.
#[derive(Debug, Parser)]
#[command(version, about = "Measures Souk beside its floor and its peers")]
struct Options {
    /// Only one group
    #[arg(long)]
    only: Option<Group>,
    /// The amount of data
    #[arg(long, default_value = "small")]
    size: Size,
}

/// Measures that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Commands per second by number of callers
    Append,
    /// One hot SKU
    Hot,
    /// Reading the whole log
    Read,
    /// From a commit to whoever waits for it
    Wake,
    /// The cost of an append as the log grows
    Growth,
    /// Orders from placed to confirmed, through HTTP and GraphQL
    Checkout,
    /// Building read models from the log
    Rebuild,
    /// How far live read models are behind
    Lag,
    /// Searching the catalogue with facets
    Search,
    /// How well questions are answered
    Relevance,
}

/// The amount of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Size {
    /// Some seconds for each measure
    Small,
    /// Minutes for some of them
    Full,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let server = Server::start().await?;
    let mut report = Report::default();
    let wanted = |group| options.only.is_none_or(|only| only == group);
    if wanted(Group::Append) {
        append::measure(&server, options.size, &mut report).await?;
    }
    if wanted(Group::Hot) {
        hot::measure(&server, options.size, &mut report).await?;
    }
    if wanted(Group::Read) {
        read::measure(&server, options.size, &mut report).await?;
    }
    if wanted(Group::Wake) {
        wake::measure(&server, &mut report).await?;
    }
    if wanted(Group::Growth) {
        growth::measure(&server, options.size, &mut report).await?;
    }
    if wanted(Group::Checkout) {
        checkout::measure(&server, options.size, &mut report).await?;
    }
    if wanted(Group::Rebuild) {
        rebuild::measure(&server, options.size, &mut report).await?;
    }
    if wanted(Group::Lag) {
        lag::measure(&server, options.size, &mut report).await?;
    }
    if wanted(Group::Search) {
        search::measure(&server, options.size, &mut report).await?;
    }
    if wanted(Group::Relevance) {
        relevance::measure(&server, &mut report).await?;
    }
    server.stop().await;
    report.print_table();
    Ok(())
}
