//! `souk projections rebuild`

use std::io::{self, Write};

use clap::Args;
use event_store::Position;
use indicatif::ProgressBar;
use projections::{
    GenerationState, GenerationStatus, ProjectionError, Projections, RebuildProgress, Rebuilt,
};
use serde::Serialize;

use super::{OperatorArgs, names, registered};
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::Coverage,
    error::Error,
    moment::{self, Moment},
    report::{Format, Record, Report, Table},
};

/// Arguments of `souk projections rebuild`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RebuildArgs {
    /// The read model
    #[arg(value_parser = names())]
    pub name: String,
    /// Do not switch readers to it: it waits for `diff` and `switch`
    #[arg(long, conflicts_with = "as_of")]
    pub hold: bool,
    /// Build it as it was after this position or at this time, for `diff` and `export`
    #[arg(long, value_name = "POSITION|TIME")]
    pub as_of: Option<Moment>,
    /// Who takes readers to the new build, and why.
    #[command(flatten)]
    pub operator: OperatorArgs,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

const EXAMPLES: &str = "\
The shop never notices: readers use the live build until the new one has caught up. A rebuild
that was stopped or killed goes on where it was when it is asked for again.

Examples:
  souk projections rebuild orders
  souk projections rebuild orders --hold
  souk projections rebuild balances --as-of 2026-01-31";

/// What a rebuild came to.
#[derive(Debug, Serialize)]
pub(super) struct RebuiltRow {
    projection: &'static str,
    generation: i32,
    position: Position,
    replaced_generation: Option<i32>,
    #[serde(skip)]
    is_live: bool,
}

pub(super) async fn run(
    args: RebuildArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    if args.as_of.is_some() && registered(&args.name)?.ddl.is_none() {
        return Err(Error::IndexOfThePast(args.name));
    }
    let generations = projections.status_here(&args.name).await?;
    let of_state = |states: &[GenerationState]| {
        let mut candidates = generations.iter();
        candidates.find(|generation| generation.up_to.is_none() && states.contains(&generation.state))
    };
    let live = of_state(&[GenerationState::Live]);
    let begun =
        of_state(&[GenerationState::Building, GenerationState::Ready]).filter(|_| args.as_of.is_none());
    let until = match args.as_of {
        Some(moment) => Some(context.unless_stopped(position_of(moment, context)).await??),
        None => None,
    };
    console.note(&match until {
        Some(until) => format!(
            "building {} as of position {until}; readers never see it",
            args.name
        ),
        None => plan(&args.name, live, begun, args.hold),
    })?;

    let operator = args.operator.operator();
    let bar = console.progress_bar().with_message(args.name.clone());
    let rebuilt = context
        .unless_stopped(async {
            let drawn = drawn_on(&bar);
            match until {
                Some(until) => projections.rebuild_as_of(&args.name, until, drawn).await,
                None if args.hold => projections.prepare(&args.name, drawn).await,
                None => projections.rebuild_and_switch(&args.name, &operator, drawn).await,
            }
        })
        .await;
    bar.finish_and_clear();
    let Ok(rebuilt) = rebuilt else {
        return Err(Error::RebuildStopped);
    };
    let is_live = until.is_none() && !args.hold;
    let mut row = RebuiltRow::new(&rebuilt?, live.filter(|_| is_live));
    row.is_live = is_live;
    report(row, args.format, console)
}

/// The position that a point of the log stands for.
async fn position_of(moment: Moment, context: &Context) -> Result<Position, Error> {
    let head = context.log.head().await?;
    Ok(match moment {
        Moment::Position(position) if position > head => {
            return Err(ProjectionError::BeyondTheLog { position, head }.into());
        }
        Moment::Position(position) => position,
        Moment::Time(time) => {
            moment::not_in_the_future("--as-of", time)?;
            // The smallest step of the clock later: everything that was written then belongs to it.
            let after = time + chrono::TimeDelta::microseconds(1);
            moment::first_since(&context.log, after, head).await? - 1
        }
    })
}

/// Prints what a build came to.
pub(super) fn report(row: RebuiltRow, format: Format, console: &mut Console<'_>) -> Result<Outcome, Error> {
    let covered = Coverage {
        after: 0,
        up_to: row.position,
    };
    let mut report = Report::on(console, format);
    report.page(console.out, &[row])?;
    report.finish::<RebuiltRow>(console, &format!("covers {covered}"))?;
    Ok(Outcome::Fine)
}

/// Draws the progress of a build.
pub(super) fn drawn_on(bar: &ProgressBar) -> impl FnMut(RebuildProgress) + Send {
    let (bar, mut told) = (bar.clone(), false);
    let name = bar.message();
    move |progress| {
        // Making the indexes and catching up with what was written meanwhile has no length of its own.
        bar.set_message(if progress.position < progress.head {
            name.clone()
        } else {
            format!("finishing {name}")
        });
        bar.set_length(u64::try_from(progress.head).unwrap_or_default());
        bar.set_position(u64::try_from(progress.position).unwrap_or_default());
        if !std::mem::replace(&mut told, true) {
            // What an earlier run did tells nothing of the speed of this one.
            bar.reset_eta();
        }
    }
}

/// What is going to happen.
fn plan(name: &str, live: Option<&GenerationStatus>, begun: Option<&GenerationStatus>, hold: bool) -> String {
    let work = match begun {
        Some(begun) => {
            format!(
                "going on with generation {} of {name} from position {}",
                begun.generation, begun.position
            )
        }
        None => format!("building a new generation of {name}"),
    };
    match live {
        _ if hold => format!("{work}; it then waits to be switched to"),
        Some(live) => format!(
            "{work}; readers use generation {} until it has caught up",
            live.generation
        ),
        None => format!("{work}; there is none that readers could use until then"),
    }
}

impl RebuiltRow {
    pub(super) fn new(rebuilt: &Rebuilt, live: Option<&GenerationStatus>) -> Self {
        let &Rebuilt {
            projection,
            generation,
            position,
        } = rebuilt;
        Self {
            projection,
            generation,
            position,
            replaced_generation: live
                .map(|live| live.generation)
                .filter(|live| *live != generation),
            is_live: true,
        }
    }
}

impl Record for RebuiltRow {
    const FIELDS: &'static [&'static str] = &["projection", "generation", "position", "replaced_generation"];

    fn fields(&self) -> Vec<String> {
        let replaced = self.replaced_generation.map(|generation| generation.to_string());
        vec![
            self.projection.to_owned(),
            self.generation.to_string(),
            self.position.to_string(),
            replaced.unwrap_or_default(),
        ]
    }

    fn draw(page: &[Self], _: &mut Table, out: &mut dyn Write) -> io::Result<()> {
        for row in page {
            let Self {
                projection,
                generation,
                position,
                ..
            } = row;
            if !row.is_live {
                writeln!(
                    out,
                    "{projection}: generation {generation} is ready at position {position}"
                )?;
                continue;
            }
            write!(
                out,
                "{projection}: readers use generation {generation} since position {position}"
            )?;
            if let Some(replaced) = row.replaced_generation {
                write!(out, "; generation {replaced} is kept for a roll back")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}
