//! `souk replay`: how an aggregate came to be what it is.

mod diff;
mod fold;
mod step;
#[cfg(test)]
mod tests;

use clap::Args;
use cqrs_es::Aggregate;
use domain::{account::Account, order::Order, payment::Payment, product::Product, stock::Stock};
use event_store::{Position, RecordedEvent, StreamId};

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
        Some(Moment::Time(_)) | None => head,
    };
    let stream = StreamId::new(A::TYPE, args.id);
    let wanted =
        |event: &RecordedEvent| event.position <= up_to && args.at.is_none_or(|moment| moment.admits(event));
    let (mut fold, mut report) = (Fold::<A>::new(), Report::new(args.format));
    loop {
        let load = context.log.load(&stream, fold.sequence(), PAGE);
        let mut events = context.unless_stopped(load).await??;
        let loaded = events.len();
        let end = events.iter().position(|event| !wanted(event)).unwrap_or(loaded);
        let later = events.split_off(end);
        if args.at.is_some() {
            events.into_iter().try_for_each(|event| fold.apply(event))?;
        } else {
            print_steps(events, &mut fold, &mut report, console)?;
        }
        if loaded < PAGE || !later.is_empty() {
            check_there_is_one(&fold, stream, later.first().filter(|_| args.at.is_some()), head)?;
            break;
        }
    }
    if args.at.is_some()
        && let Some(step) = fold.state()?
    {
        report.page(console.out, &[step])?;
    }
    let (events, covered) = (count(fold.events(), "event"), Coverage { after: 0, up_to });
    report.finish::<Step>(console, &format!("{events}; covers {covered}"))?;
    let Some(holes) = fold.holes() else {
        return Ok(Outcome::Fine);
    };
    console.note(&holes)?;
    Ok(Outcome::Difference)
}

/// Prints what each event did. What came before an unreadable event is printed all the same.
fn print_steps<A: Aggregate>(
    events: Vec<RecordedEvent>,
    fold: &mut Fold<A>,
    report: &mut Report,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let mut steps: Vec<Step> = Vec::with_capacity(events.len());
    let mut events = events.into_iter();
    let folded = events.try_for_each(|event| fold.step(event).map(|step| steps.push(step)));
    if !steps.is_empty() {
        report.page(console.out, &steps)?;
    }
    folded
}

fn check_there_is_one<A: Aggregate>(
    fold: &Fold<A>,
    stream: StreamId,
    first_later: Option<&RecordedEvent>,
    head: Position,
) -> Result<(), Error> {
    match first_later {
        _ if fold.events() > 0 => Ok(()),
        Some(first) => Err(Error::NotYet {
            stream,
            first: first.position,
            recorded_at: first.recorded_at,
        }),
        None => Err(Error::UnknownAggregate { stream, head }),
    }
}
