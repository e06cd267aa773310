//! `souk replay`: how an aggregate came to be what it is.

mod diff;
mod fold;
mod step;
#[cfg(test)]
mod tests;

use clap::Args;
use cqrs_es::Aggregate;
use domain::{account::Account, order::Order, payment::Payment, product::Product, stock::Stock};
use event_store::{Position, StreamId};

use self::{fold::Fold, step::Step};
use crate::{
    console::Console,
    context::{Context, Outcome, end_quietly},
    coverage::{Coverage, count},
    error::Error,
    kind::AggregateKind,
    moment::Moment,
    pages::PAGE,
    report::{Format, Report},
};

/// Arguments of `souk replay`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReplayArgs {
    /// The type of the aggregate
    #[arg(value_enum, value_name = "AGGREGATE")]
    pub kind: AggregateKind,
    /// Its identifier; of a stock it is the SKU
    #[arg(value_name = "ID")]
    pub id: String,
    /// Show only the state at a position, or at a time (RFC 3339, or a date for its beginning in UTC)
    #[arg(long, value_name = "POSITION|TIME")]
    pub at: Option<Moment>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

const EXAMPLES: &str = "\
Examples:
  souk replay order 01890a5d-ac96-774b-bcce-b302099a8057
  souk replay account 01890a5d-ac96-774b-bcce-b302099a8057 --at 2026-01-31
  souk replay stock LAMP-RED --at 57 --format json | jq .[0].state";

/// Runs `souk replay`.
///
/// A hole in the sequences of the aggregate is a difference: the log promises that there is none.
///
/// # Errors
///
/// When the log cannot be read, an event cannot be decoded, the aggregate is not there, or was not yet,
/// or the results cannot be written.
pub async fn run(args: ReplayArgs, context: &Context, console: &mut Console<'_>) -> Result<Outcome, Error> {
    end_quietly(match args.kind {
        AggregateKind::Account => replay::<Account>(args, context, console).await,
        AggregateKind::Product => replay::<Product>(args, context, console).await,
        AggregateKind::Stock => replay::<Stock>(args, context, console).await,
        AggregateKind::Order => replay::<Order>(args, context, console).await,
        AggregateKind::Payment => replay::<Payment>(args, context, console).await,
    })
}

async fn replay<A: Aggregate>(
    args: ReplayArgs,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let head = context.log.head().await?;
    let up_to = match args.at {
        Some(Moment::Position(position)) if position > head => {
            return Err(Error::UnknownPosition { position, head });
        }
        Some(Moment::Position(position)) => position,
        _ => head,
    };
    let mut history = History::<A>::new(StreamId::new(A::TYPE, args.id), args.at, up_to);
    let mut report = Report::new(args.format);
    while let Some(steps) = context.unless_stopped(history.next(context)).await?? {
        if args.at.is_none() {
            report.page(console.out, &steps)?;
        }
    }
    match (history.first, history.fold.last()) {
        (_, Some(step)) if args.at.is_some() => report.page(console.out, &[step?])?,
        (_, Some(_)) => {}
        (Some(not_yet), None) => return Err(not_yet),
        (None, None) => return Err(Error::UnknownAggregate { stream: history.stream, head }),
    }
    let events = history.fold.events();
    let covered = Coverage { after: 0, up_to };
    report.finish::<Step>(console, &format!("{}; covers {covered}", count(events, "event")))?;
    let holes = history.fold.holes();
    for hole in holes {
        console.note(&format!("the log has a hole: {hole}"))?;
    }
    Ok(if holes.is_empty() { Outcome::Fine } else { Outcome::Difference })
}
