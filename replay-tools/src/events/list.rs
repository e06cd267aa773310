//! `souk events list`

use std::{num::NonZeroUsize, str::FromStr};

use clap::Args;
use event_store::Filter;

use super::{
    customer::OfCustomer,
    row::EventRow,
    selection::{Range, Selection},
};
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::{Coverage, count},
    error::Error,
    pages::{PAGE, Pages},
    report::{Format, Report},
};

/// Arguments of `souk events list`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ListArgs {
    /// Which events.
    #[command(flatten)]
    pub selection: Selection,
    /// Whose events.
    #[command(flatten)]
    pub of: OfCustomer,
    /// From where to where.
    #[command(flatten)]
    pub range: Range,
    /// How many events at most, or `all`
    #[arg(long, default_value = "50", value_name = "NUMBER")]
    pub limit: Limit,
    /// The newest events, as many as this, oldest first
    #[arg(long, value_name = "NUMBER", conflicts_with = "limit",
          value_parser = clap::value_parser!(u32).range(1..=MAX_LAST))]
    pub last: Option<u32>,
    /// Newest first
    #[arg(long)]
    pub reverse: bool,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// How many of the newest events are put in order in memory. More are listed from a position on.
const MAX_LAST: i64 = 10_000;

const EXAMPLES: &str = "\
Examples:
  souk events list --last 20
  souk events list --customer 018f0000-0000-7000-8000-000000000001 --reverse
  souk events list --sku DEMO-MUG --since 2026-01-01
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

impl Limit {
    /// How many are wanted at most.
    pub(crate) const fn most(self) -> usize {
        match self {
            Self::All => usize::MAX,
            Self::AtMost(number) => number.get(),
        }
    }
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
    let covered = context.unless_stopped(args.range.resolve(context)).await??;
    let newest_first = args.reverse || args.last.is_some();
    let filter = Filter {
        newest_first,
        ..args.selection.filter()
    };
    let filter = args.of.narrow(filter, context, covered.up_to).await?;
    let mut pages = Pages::new(context.log.clone(), filter, covered);
    let mut report = Report::on(console, args.format);
    let limit = match args.last {
        Some(last) => usize::try_from(last).unwrap_or(usize::MAX),
        None => args.limit.most(),
    };
    let mut left = limit;
    let mut turned = Vec::new();
    while left > 0 {
        let Some(events) = context.unless_stopped(pages.next(left)).await?? else {
            break;
        };
        left -= events.len();
        let rows: Vec<_> = events.into_iter().map(EventRow).collect();
        if args.reverse || args.last.is_none() {
            print(&mut report, &rows, console)?;
        } else {
            turned.extend(rows);
        }
    }
    turned.reverse();
    for page in turned.chunks(PAGE) {
        print(&mut report, page, console)?;
    }
    if report.records() == 0 {
        args.selection.warn_of_no_match(console)?;
    }
    let mut coverage = format!("{}; covers {}", count(report.records(), "event"), pages.covered());
    if left == 0 {
        coverage.push_str(&rest(pages.covered(), covered, newest_first));
    }
    report.finish::<EventRow>(console, &coverage)?;
    Ok(Outcome::Fine)
}

fn print(report: &mut Report, rows: &[EventRow], console: &mut Console<'_>) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    report.page(console.out, rows)
}

/// Where what was left out begins, or ends.
fn rest(seen: Coverage, covered: Coverage, newest_first: bool) -> String {
    if newest_first && seen.after > covered.after {
        return format!("; older ones end with --up-to {}", seen.after);
    }
    if !newest_first && seen.up_to < covered.up_to {
        return format!(
            " of {}; the rest begins with --after {}",
            covered.up_to, seen.up_to
        );
    }
    String::new()
}
