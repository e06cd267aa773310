//! `souk projections list`

use std::{collections::HashSet, time::Duration};

use chrono::Utc;
use clap::Args;
use event_store::Position;
use projections::{Action, Decision, GenerationStatus, Projections, registry};

use super::row::GenerationRow;
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::Coverage,
    error::Error,
    events::row::exact,
    report::{Format, Report},
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

/// The list, and beside it what operators decided that still holds.
pub(super) async fn status(
    args: ListArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    for decision in in_force(&projections.decisions(None).await?) {
        let operator = &decision.operator;
        let what = match decision.position {
            Some(position) => format!("leaves out the event at position {position}"),
            None => "is paused".to_owned(),
        };
        console.note(&format!(
            "{} {what} since {} by {}: {}",
            decision.projection,
            exact(decision.at),
            operator.actor,
            operator.reason
        ))?;
    }
    run(args, projections, context, console).await
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
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let in_place = args.watch && args.format == Format::Table;
    let mut report = Report::new(args.format);
    loop {
        let (rows, head) = context.unless_stopped(look(projections, context)).await??;
        if in_place && console.out_is_terminal {
            write!(console.out, "{CLEAR}")?;
        }
        report.page(console.out, &rows)?;
        console.out.flush()?;
        let interval = Duration::from_secs(args.interval);
        let stopped = !args.watch
            || context
                .unless_stopped(tokio::time::sleep(interval))
                .await
                .is_err();
        if stopped || in_place {
            let covered = Coverage {
                after: 0,
                up_to: head,
            };
            report.finish::<GenerationRow>(console, &format!("covers {covered}"))?;
            if stopped {
                return Ok(Outcome::Fine);
            }
            report = Report::new(args.format);
        }
    }
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
