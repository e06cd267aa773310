//! `souk events follow`

use std::time::Duration;

use clap::Args;
use event_store::Position;
use tokio::sync::watch;

use super::{row::EventRow, selection::Selection};
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::{Coverage, count},
    error::Error,
    pages::{PAGE, Pages},
    report::{Format, Report},
};

/// How long to wait at most before the end of the log is looked at again. Notifications make following
/// quick; this makes it certain: one that got lost costs at most this long.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Arguments of `souk events follow`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct FollowArgs {
    /// Which events.
    #[command(flatten)]
    pub selection: Selection,
    /// Begin after this position [default: the end of the log]
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    pub after: Option<Position>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

const EXAMPLES: &str = "\
Examples:
  souk events follow
  souk events follow --aggregate order,payment
  souk events follow --after 0 --type OrderPlaced --format ndjson";

pub(super) async fn run(
    args: FollowArgs,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    args.selection.warn_of_unknown_types(console)?;
    let mut wake = context.log.watch();
    let head = context.log.head().await?;
    let after = args.after.unwrap_or(head);
    let mut pages = args.selection.pages(context, Coverage { after, up_to: head });
    let mut report = Report::on(console, args.format);
    // The headings stand there while nothing happens.
    report.page::<EventRow>(console.out, &[])?;
    console.out.flush()?;
    // To be stopped is how following ends.
    while let Ok(rows) = context.unless_stopped(next(context, &mut pages, &mut wake)).await {
        report.page(console.out, &rows?)?;
        console.out.flush()?;
    }
    let covered = pages.covered();
    let coverage = format!("{}; covers {covered}", count(report.records(), "event"));
    report.finish::<EventRow>(console, &coverage)?;
    Ok(Outcome::Fine)
}

/// The next events, as soon as there are any. May be abandoned at any time without losing one.
async fn next(
    context: &Context,
    pages: &mut Pages,
    wake: &mut watch::Receiver<Position>,
) -> Result<Vec<EventRow>, Error> {
    loop {
        while let Some(events) = pages.next(PAGE).await? {
            if !events.is_empty() {
                return Ok(events.into_iter().map(EventRow).collect());
            }
        }
        // Marked as seen before looking: an event that arrives in between wakes us again.
        wake.mark_unchanged();
        let head = context.log.head().await?;
        if head > pages.covered().up_to {
            pages.extend(head);
            continue;
        }
        // An elapsed interval, and a log that is shut down, both mean: look again.
        if let Ok(Err(_closed)) = tokio::time::timeout(POLL_INTERVAL, wake.changed()).await {
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
}
