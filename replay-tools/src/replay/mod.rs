//! `souk replay`: how an aggregate came to be what it is.
//!
//! What each event changed is printed as it is read, so memory holds one state and one page of events,
//! however long the history is. The whole state is printed only when it is asked for: that of a busy SKU
//! has thousands of lines.

mod diff;
mod fold;
mod step;
mod terms;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use cqrs_es::Aggregate;
use event_store::{Position, RecordedEvent, StreamId};

pub(crate) use self::terms::amount;
use self::{
    fold::{Fold, Reader},
    step::Step,
};
use crate::{
    console::Console,
    context::{Context, Outcome, end_quietly},
    coverage::{Coverage, count},
    error::Error,
    events::Limit,
    kind::{AggregateKind, Visitor},
    moment::{Moment, not_in_the_future, time},
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
    #[arg(long, value_name = "POSITION|TIME", conflicts_with_all = ["after", "since", "limit", "state"])]
    pub at: Option<Moment>,
    /// Show only events after this position
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    pub after: Option<Position>,
    /// Show only events of this time or later: RFC 3339, or a date for its beginning in UTC
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub since: Option<DateTime<Utc>>,
    /// How many events at most, or `all`
    #[arg(long, default_value = "all", value_name = "NUMBER")]
    pub limit: Limit,
    /// Show the whole state too: after the last event that is shown, or after each
    #[arg(long, value_enum, value_name = "WHEN", num_args = 0..=1, require_equals = true,
          default_missing_value = "end")]
    pub state: Option<ShownState>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// When the whole state is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShownState {
    /// After the last event that is shown
    End,
    /// After each event
    Each,
}

const EXAMPLES: &str = "\
Shows what each event changed: + came, - went, ~ is another one now. In JSON and CSV a change has the path
of what is stored, as jq writes it. With --state the state at the end follows as a record of its own.

Examples:
  souk replay order 01890a5d-ac96-774b-bcce-b302099a8057
  souk replay account 018f0000-0000-7000-8000-000000000002 --at 2026-12-31
  souk replay stock DEMO-MUG --since 2026-01-01 --limit 20
  souk replay order 01890a5d-ac96-774b-bcce-b302099a8057 --state --format json | jq .[-1].state";

/// Runs `souk replay`.
///
/// A hole in the sequences of the aggregate is a difference: the log promises that there is none.
///
/// # Errors
///
/// When the log cannot be read, an event cannot be decoded, the aggregate is not there, or was not yet,
/// or the results cannot be written.
pub async fn run(args: ReplayArgs, context: &Context, console: &mut Console<'_>) -> Result<Outcome, Error> {
    let replay = Replay {
        context,
        report: Report::on(console, args.format),
        console,
        args: &args,
    };
    end_quietly(args.kind.visit(replay).await)
}

/// A replay in progress.
struct Replay<'run, 'io> {
    args: &'run ReplayArgs,
    context: &'run Context,
    console: &'run mut Console<'io>,
    report: Report,
}

impl Visitor for Replay<'_, '_> {
    type Output = Result<Outcome, Error>;

    async fn visit<A: Aggregate>(mut self) -> Self::Output {
        let head = self.context.log.head().await?;
        let up_to = match self.args.at {
            Some(Moment::Position(position)) if position > head => {
                return Err(Error::UnknownPosition { position, head });
            }
            Some(Moment::Position(position)) => position,
            Some(Moment::Time(time)) => {
                not_in_the_future("--at", time)?;
                head
            }
            None => head,
        };
        if let Some(since) = self.args.since {
            not_in_the_future("--since", since)?;
        }
        let stream = StreamId::new(A::TYPE, self.args.id.clone());
        let mut fold = Fold::<A>::new();
        let seen = self.read(&mut fold, &stream, up_to, head).await?;
        if self.args.at.is_some() || self.args.state == Some(ShownState::End) {
            let state = fold.state()?;
            self.report.page(self.console.out, state.as_slice())?;
        }
        self.finish(&fold, seen, up_to)
    }
}

/// How far a history was shown.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    /// How many events were shown.
    shown: usize,
    /// The last position that was read, when there is more than was asked for.
    stopped_at: Option<Position>,
}

impl Replay<'_, '_> {
    /// Folds the history page by page and shows what is wanted of it.
    async fn read<A: Aggregate>(
        &mut self,
        fold: &mut Fold<A>,
        stream: &StreamId,
        up_to: Position,
        head: Position,
    ) -> Result<Seen, Error> {
        let at = self.args.at;
        let wanted =
            |event: &RecordedEvent| event.position <= up_to && at.is_none_or(|moment| moment.admits(event));
        let limit = self.args.limit.most();
        let mut seen = Seen::default();
        loop {
            let load = self.context.log.load(stream, fold.sequence(), PAGE);
            let events = self.context.unless_stopped(load).await??;
            let is_last = events.len() < PAGE;
            for event in events {
                if !wanted(&event) {
                    // Only what was asked for may be too young; the rest was written after we began.
                    check_there_is_one(fold, stream, at.map(|_| &event), head)?;
                    return Ok(seen);
                }
                if !self.shows(&event) {
                    fold.apply(event)?;
                    continue;
                }
                if seen.shown == limit {
                    seen.stopped_at = Some(event.position - 1);
                    return Ok(seen);
                }
                self.show(fold, &event)?;
                seen.shown += 1;
            }
            if is_last {
                check_there_is_one(fold, stream, None, head)?;
                return Ok(seen);
            }
        }
    }

    /// Whether what an event changed is shown. All others are folded all the same.
    fn shows(&self, event: &RecordedEvent) -> bool {
        self.args.at.is_none()
            && self.args.after.is_none_or(|after| event.position > after)
            && self.args.since.is_none_or(|since| event.recorded_at >= since)
    }

    /// Prints what an event changed, before the next one is looked at.
    fn show<A: Aggregate>(&mut self, fold: &mut Fold<A>, event: &RecordedEvent) -> Result<(), Error> {
        let reader = match self.args.format {
            Format::Table => Reader::Person,
            Format::Json | Format::Ndjson | Format::Csv => Reader::Program,
        };
        let with_state = self.args.state == Some(ShownState::Each);
        let step = fold.step(event, reader, with_state)?;
        self.report.page(self.console.out, &[step])
    }

    fn finish<A: Aggregate>(self, fold: &Fold<A>, seen: Seen, up_to: Position) -> Result<Outcome, Error> {
        let events = match self.args.at {
            Some(_) => fold.events(),
            None => seen.shown,
        };
        let covered = Coverage {
            after: self.args.after.unwrap_or(0),
            up_to: seen.stopped_at.unwrap_or(up_to),
        };
        let mut coverage = format!("{}; covers {covered}", count(events, "event"));
        if let Some(stopped_at) = seen.stopped_at {
            coverage.push_str(&format!(" of {up_to}; the rest begins with --after {stopped_at}"));
        }
        self.report.finish::<Step>(self.console, &coverage)?;
        let Some(holes) = fold.holes() else {
            return Ok(Outcome::Fine);
        };
        self.console.note(&holes)?;
        Ok(Outcome::Difference)
    }
}

fn check_there_is_one<A: Aggregate>(
    fold: &Fold<A>,
    stream: &StreamId,
    first_later: Option<&RecordedEvent>,
    head: Position,
) -> Result<(), Error> {
    let stream = stream.clone();
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
