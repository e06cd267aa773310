//! `souk events list`

use std::{num::NonZeroUsize, str::FromStr};

use clap::Args;

use super::{
    row::EventRow,
    selection::{Range, Selection},
};
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::count,
    error::Error,
    report::{Format, Report},
};

/// Arguments of `souk events list`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ListArgs {
    /// Which events.
    #[command(flatten)]
    pub selection: Selection,
    /// From where to where.
    #[command(flatten)]
    pub range: Range,
    /// How many events at most, or `all`
    #[arg(long, default_value = "50", value_name = "NUMBER")]
    pub limit: Limit,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

const EXAMPLES: &str = "\
Examples:
  souk events list --aggregate order --limit 10
  souk events list --type OrderPlaced,OrderCancelled --since 2026-01-01 --until 2026-02-01
  souk events list --correlation 01890a5d-ac96-774b-bcce-b302099a8057
  souk events list --actor customer:42 --limit all --format ndjson | jq .payload";

/// How many results are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// All of them.
    All,
    /// At most this many.
    AtMost(NonZeroUsize),
}

/// What is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a number above 0, or `all`")]
pub struct InvalidLimit;

impl FromStr for Limit {
    type Err = InvalidLimit;
    fn from_str(text: &str) -> Result<Self, InvalidLimit> {
        match text {
            "all" => Ok(Self::All),
            number => number.parse().map(Self::AtMost).map_err(|_| InvalidLimit),
        }
    }
}

pub(super) async fn run(
    args: ListArgs,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    args.selection.warn_of_unknown_types(console)?;
    let limit = match args.limit {
        Limit::All => usize::MAX,
        Limit::AtMost(number) => number.get(),
    };
    let covered = context.unless_stopped(args.range.resolve(context)).await??;
    let mut pages = args.selection.pages(context, covered);
    let mut report = Report::new(args.format);
    let mut left = limit;
    while left > 0 {
        let Some(events) = context.unless_stopped(pages.next(left)).await?? else {
            break;
        };
        left -= events.len();
        let rows: Vec<_> = events.into_iter().map(EventRow).collect();
        if !rows.is_empty() {
            report.page(console.out, &rows)?;
        }
    }
    let mut coverage = format!("{}; covers {}", count(report.records(), "event"), pages.covered());
    let seen = pages.covered().up_to;
    if left == 0 && seen < covered.up_to {
        coverage.push_str(&format!(
            " of {}; the rest begins with --after {seen}",
            covered.up_to
        ));
    }
    report.finish::<EventRow>(console, &coverage)?;
    Ok(Outcome::Fine)
}
