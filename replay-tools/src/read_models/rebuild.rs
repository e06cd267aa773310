//! `souk projections rebuild`

use std::io::{self, Write};

use clap::{Args, builder::PossibleValuesParser};
use event_store::Position;
use projections::{GenerationState, GenerationStatus, Projections, Rebuilt, registry};
use serde::Serialize;

use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::Coverage,
    error::Error,
    report::{Format, Record, Report, Table},
};

/// Arguments of `souk projections rebuild`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RebuildArgs {
    /// The read model
    #[arg(value_parser = PossibleValuesParser::new(registry().iter().map(|model| model.name)))]
    pub name: String,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

const EXAMPLES: &str = "\
The shop never notices: readers use the live build until the new one has caught up. A rebuild that was
stopped or killed goes on where it was when it is asked for again.

Examples:
  souk projections rebuild orders";

/// What a rebuild came to.
#[derive(Debug, Serialize)]
struct RebuiltRow {
    projection: &'static str,
    generation: i32,
    position: Position,
    replaced_generation: Option<i32>,
}

pub(super) async fn run(
    args: RebuildArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let generations = projections.status().await?;
    let of_state = |states: &[GenerationState]| {
        let mut candidates = generations
            .iter()
            .filter(|generation| generation.projection == args.name);
        candidates.find(|generation| states.contains(&generation.state))
    };
    let live = of_state(&[GenerationState::Live]);
    let begun = of_state(&[GenerationState::Building, GenerationState::Ready]);
    console.note(&plan(&args.name, live, begun))?;

    let bar = console.progress_bar().with_message(args.name.clone());
    let mut told = false;
    let rebuild = projections.rebuild(&args.name, |progress| {
        bar.set_length(u64::try_from(progress.head).unwrap_or_default());
        bar.set_position(u64::try_from(progress.position).unwrap_or_default());
        if !std::mem::replace(&mut told, true) {
            // What an earlier run did tells nothing of the speed of this one.
            bar.reset_eta();
        }
    });
    let rebuilt = context.unless_stopped(rebuild).await;
    bar.finish_and_clear();
    let Ok(rebuilt) = rebuilt else {
        return Err(Error::RebuildStopped);
    };
    let row = RebuiltRow::new(&rebuilt?, live);

    let covered = Coverage {
        after: 0,
        up_to: row.position,
    };
    let mut report = Report::new(args.format);
    report.page(console.out, &[row])?;
    report.finish::<RebuiltRow>(console, &format!("covers {covered}"))?;
    Ok(Outcome::Fine)
}

/// What is going to happen.
fn plan(name: &str, live: Option<&GenerationStatus>, begun: Option<&GenerationStatus>) -> String {
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
        Some(live) => format!(
            "{work}; readers use generation {} until it has caught up",
            live.generation
        ),
        None => format!("{work}; there is none that readers could use until then"),
    }
}

impl RebuiltRow {
    fn new(rebuilt: &Rebuilt, live: Option<&GenerationStatus>) -> Self {
        let &Rebuilt {
            projection,
            generation,
            position,
        } = rebuilt;
        Self {
            projection,
            generation,
            position,
            replaced_generation: live.map(|live| live.generation),
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
