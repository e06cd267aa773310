//! `souk projections list`

use std::{collections::HashSet, time::Duration};

use chrono::Utc;
use clap::Args;
use event_store::Position;
use projections::{Action, Decision, GenerationStatus, Operator, Projections, registry};

use super::row::GenerationRow;
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::Coverage,
    error::Error,
    events::row::exact,
    report::{Format, Report, printable},
};

/// Moves to the upper left corner and clears what is below (ECMA-48, CUP and ED).
const CLEAR: &str = "\x1b[H\x1b[2J";

/// Arguments of `souk projections list`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ListArgs {
    /// Show it again and again, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
    /// Seconds between two looks
    #[arg(long, default_value_t = 1, value_name = "SECONDS", requires = "watch",
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub interval: u64,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

const EXAMPLES: &str = "\
Examples:
  souk projections list
  souk projections list --watch
  souk projections list --format json | jq '.[] | select(.state == \"live\") | .lag_events'";

/// What is told beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Nothing,
    /// What operators decided that still holds.
    Decisions,
}

/// The pauses and skips that no later decision took back.
fn in_force(newest_first: &[Decision]) -> Vec<&Decision> {
    let mut decided = HashSet::new();
    let lasting = |action| {
        matches!(
            action,
            Action::Skip | Action::Retry | Action::Pause | Action::Resume
        )
    };
    newest_first
        .iter()
        .filter(|decision| lasting(decision.action))
        .filter(|decision| decided.insert((decision.projection.as_str(), decision.position)))
        .filter(|decision| matches!(decision.action, Action::Skip | Action::Pause))
        .collect()
}

pub(super) async fn run(
    args: ListArgs,
    beside: Beside,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let in_place = args.watch && args.format == Format::Table;
    let mut report = Report::on(console, args.format);
    loop {
        let (rows, head) = context.unless_stopped(look(projections, context)).await??;
        let is_first = report.records() == 0;
        if in_place && console.out_is_terminal {
            write!(console.out, "{CLEAR}")?;
        }
        report.page(console.out, &rows)?;
        let coverage = Coverage {
            after: 0,
            up_to: head,
        };
        let coverage = format!("covers {coverage}");
        if in_place {
            report.finish::<GenerationRow>(console, &coverage)?;
            report = Report::on(console, args.format);
        }
        console.out.flush()?;
        if beside == Beside::Decisions && is_first {
            tell_decisions(projections, context, console).await?;
        }
        let interval = Duration::from_secs(args.interval);
        let stopped = !args.watch
            || context
                .unless_stopped(tokio::time::sleep(interval))
                .await
                .is_err();
        if stopped {
            if !in_place {
                report.finish::<GenerationRow>(console, &coverage)?;
            }
            return Ok(Outcome::Fine);
        }
    }
}

async fn tell_decisions(
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let decisions = context.unless_stopped(projections.decisions(None)).await??;
    for decision in in_force(&decisions) {
        let Operator { actor, reason } = &decision.operator;
        let what = match decision.position {
            Some(position) => format!("leaves out the event at position {position}"),
            None => "is paused".to_owned(),
        };
        let mut note = format!(
            "{} {what} since {} by {actor}",
            decision.projection,
            exact(decision.at)
        );
        if !reason.is_empty() {
            note.push_str(": ");
            note.push_str(reason);
        }
        console.note(&printable(&note))?;
    }
    Ok(())
}

/// All generations, and the read models that have none.
async fn look(projections: &Projections, context: &Context) -> Result<(Vec<GenerationRow>, Position), Error> {
    let generations = projections.status().await?;
    let head = context.log.head().await?;
    Ok((rows(&generations, head), head))
}

fn rows(generations: &[GenerationStatus], head: Position) -> Vec<GenerationRow> {
    let now = Utc::now();
    let unbuilt = registry()
        .iter()
        .filter(|model| {
            !generations
                .iter()
                .any(|generation| generation.projection == model.name)
        })
        .map(|model| GenerationRow::unbuilt(model, head, now));
    generations
        .iter()
        .map(|generation| GenerationRow::new(generation, now))
        .chain(unbuilt)
        .collect()
}
