//! `souk projections switch|rollback|drop`

use clap::Args;
use projections::{GenerationState, GenerationStatus, Projections};

use super::{
    OperatorArgs, confirm, names,
    rebuild::{self, RebuiltRow},
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
    let status = of(projections, &args.name).await?;
    let to = in_state(&status, GenerationState::Ready).find(|one| one.up_to.is_none());
    change(args, &status, to, Way::Forward, (projections, context), console).await
}

pub(super) async fn roll_back(
    args: SwitchArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let status = of(projections, &args.name).await?;
    let to = in_state(&status, GenerationState::Retired).last();
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
    to: Option<&GenerationStatus>,
    way: Way,
    (projections, context): (&Projections, &Context),
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let live = in_state(status, GenerationState::Live).next();
    let number = |one: Option<&GenerationStatus>| {
        one.map_or_else(|| "none".to_owned(), |one| one.generation.to_string())
    };
    let plan = format!(
        "taking the readers of {} from generation {} to {}, once that has caught up",
        args.name,
        number(live),
        number(to)
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
        return Err(Error::RebuildStopped);
    };
    rebuild::report(RebuiltRow::new(&done?, live), args.format, console)
}

pub(super) async fn drop(
    args: DropArgs,
    projections: &Projections,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let status = of(projections, &args.name).await?;
    let found = status.iter().find(|one| one.generation == args.generation);
    let plan = match found {
        Some(one) => format!(
            "dropping generation {} of {} ({}, at position {}) with all its rows",
            one.generation,
            args.name,
            one.state.name(),
            one.position
        ),
        None => format!("there is no generation {} of {}", args.generation, args.name),
    };
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

async fn of(projections: &Projections, name: &str) -> Result<Vec<GenerationStatus>, Error> {
    let mut status = projections.status().await?;
    status.retain(|status| status.projection == name);
    Ok(status)
}

fn in_state(status: &[GenerationStatus], state: GenerationState) -> impl Iterator<Item = &GenerationStatus> {
    status.iter().filter(move |status| status.state == state)
}
