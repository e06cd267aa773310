//! `souk projections switch|rollback|drop`

use clap::Args;
use projections::{GenerationState, GenerationStatus, ProjectionError, Projections};

use super::{
    OperatorArgs, confirm, names,
    rebuild::{self, RebuiltRow},
    registered,
};
use crate::{
    console::Console,
    context::{Context, Outcome},
    error::Error,
    report::Format,
};

/// Arguments of `souk projections switch` and `rollback`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  souk projections rebuild orders --hold\n  souk projections diff orders 1 2\n  souk projections switch orders --yes\n  souk projections rollback orders --yes"
)]
pub struct SwitchArgs {
    /// The read model
    #[arg(value_parser = names())]
    pub name: String,
    /// Who, and why.
    #[command(flatten)]
    pub operator: OperatorArgs,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Do it
    #[arg(long)]
    pub yes: bool,
}

/// Arguments of `souk projections drop`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  souk projections drop orders 1 --yes")]
pub struct DropArgs {
    /// The read model
    #[arg(value_parser = names())]
    pub name: String,
    /// The number of the build
    pub generation: i32,
    /// Who, and why.
    #[command(flatten)]
    pub operator: OperatorArgs,
    /// Do it
    #[arg(long)]
    pub yes: bool,
}

pub(super) async fn switch(
    args: SwitchArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let status = projections.status_here(&args.name).await?;
    let waiting = in_state(&status, GenerationState::Ready).find(|one| one.up_to.is_none());
    let nothing = ProjectionError::NothingToSwitchTo(registered(&args.name)?.name);
    let to = waiting.ok_or(nothing)?;
    change(args, &status, to, Way::Forward, (projections, context), console).await
}

pub(super) async fn roll_back(
    args: SwitchArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let status = projections.status_here(&args.name).await?;
    let nothing = ProjectionError::NothingToRollBackTo(registered(&args.name)?.name);
    let to = in_state(&status, GenerationState::Retired)
        .last()
        .ok_or(nothing)?;
    change(args, &status, to, Way::Back, (projections, context), console).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Forward,
    Back,
}

async fn change(
    args: SwitchArgs,
    status: &[GenerationStatus],
    to: &GenerationStatus,
    way: Way,
    (projections, context): (&Projections, &Context),
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let live = in_state(status, GenerationState::Live).next();
    let plan = format!(
        "taking the readers of {} from generation {} to {}, once that has caught up",
        args.name,
        live.map_or_else(|| "none".to_owned(), |live| live.generation.to_string()),
        to.generation
    );
    confirm(console, &plan, args.yes)?;
    let operator = args.operator.operator();
    let bar = console.progress_bar().with_message(args.name.clone());
    let done = context
        .unless_stopped(async {
            match way {
                Way::Forward => {
                    projections
                        .switch(&args.name, &operator, rebuild::drawn_on(&bar))
                        .await
                }
                Way::Back => {
                    projections
                        .roll_back(&args.name, &operator, rebuild::drawn_on(&bar))
                        .await
                }
            }
        })
        .await;
    bar.finish_and_clear();
    let Ok(done) = done else {
        return Err(match way {
            Way::Forward => Error::RebuildStopped,
            Way::Back => roll_back_stopped(args.name, projections).await?,
        });
    };
    rebuild::report(RebuiltRow::new(&done?, live), args.format, console)
}

/// What a roll back left behind that was stopped.
async fn roll_back_stopped(name: String, projections: &Projections) -> Result<Error, Error> {
    let status = projections.status_here(&name).await?;
    let begun = [GenerationState::Building, GenerationState::Ready]
        .into_iter()
        .any(|state| in_state(&status, state).any(|one| one.up_to.is_none()));
    Ok(if begun {
        Error::RollBackStopped(name)
    } else {
        Error::Stopped
    })
}

pub(super) async fn drop(
    args: DropArgs,
    projections: &Projections,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let status = projections.status_here(&args.name).await?;
    let (projection, generation) = (registered(&args.name)?.name, args.generation);
    let found = status.iter().find(|one| one.generation == generation);
    let unknown = ProjectionError::UnknownGeneration {
        projection,
        generation,
    };
    let one = found.ok_or(unknown)?;
    if one.state == GenerationState::Live {
        return Err(ProjectionError::IsLive {
            projection,
            generation,
        }
        .into());
    }
    let plan = format!(
        "dropping generation {generation} of {projection} ({}, at position {}) with all its rows",
        one.state.name(),
        one.position
    );
    confirm(console, &plan, args.yes)?;
    projections
        .drop_generation(&args.name, args.generation, &args.operator.operator())
        .await?;
    writeln!(
        console.out,
        "generation {} of {} is dropped",
        args.generation, args.name
    )?;
    console.out.flush()?;
    Ok(Outcome::Fine)
}

fn in_state(status: &[GenerationStatus], state: GenerationState) -> impl Iterator<Item = &GenerationStatus> {
    status.iter().filter(move |status| status.state == state)
}
