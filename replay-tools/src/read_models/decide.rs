//! `souk projections pause|resume|skip|retry`

use clap::{Args, builder::NonEmptyStringValueParser};
use event_store::Position;
use projections::{Operator, Projections};

use super::{OperatorArgs, confirm, names};
use crate::{console::Console, context::Outcome, error::Error};

/// Arguments of `souk projections pause`.
#[derive(Debug, Args)]
pub struct PauseArgs {
    /// What, by whom, and why.
    #[command(flatten)]
    pub decision: DecideArgs,
    /// Do it
    #[arg(long)]
    pub yes: bool,
}

/// Arguments of `souk projections resume`.
#[derive(Debug, Args)]
pub struct DecideArgs {
    /// The read model
    #[arg(value_parser = names())]
    pub name: String,
    /// Who, and why.
    #[command(flatten)]
    pub operator: OperatorArgs,
}

/// Arguments of `souk projections skip`.
#[derive(Debug, Args)]
pub struct SkipArgs {
    /// Which event, by whom, and why.
    #[command(flatten)]
    pub event: EventArgs,
    /// Do it
    #[arg(long)]
    pub yes: bool,
}

/// Arguments of `souk projections retry`.
#[derive(Debug, Args)]
pub struct EventArgs {
    /// The read model
    #[arg(value_parser = names())]
    pub name: String,
    /// The position of the event
    #[arg(long, value_parser = clap::value_parser!(Position).range(1..))]
    pub position: Position,
    /// Who decides this
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub by: String,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub reason: String,
}

pub(super) async fn pause(
    PauseArgs { decision: args, yes }: PauseArgs,
    projections: &Projections,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let plan = format!(
        "pausing {}: readers keep what there is, and it falls behind the log until it is resumed",
        args.name
    );
    confirm(console, &plan, yes)?;
    projections.pause(&args.name, &args.operator.operator()).await?;
    told(console, &format!("{} is paused", args.name))
}

pub(super) async fn resume(
    args: DecideArgs,
    projections: &Projections,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    projections.resume(&args.name, &args.operator.operator()).await?;
    told(console, &format!("{} goes on", args.name))
}

pub(super) async fn skip(
    SkipArgs { event: args, yes }: SkipArgs,
    projections: &Projections,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let plan = format!(
        "leaving the event at position {} out of {}, now and in every later build",
        args.position, args.name
    );
    confirm(console, &plan, yes)?;
    projections
        .skip(&args.name, args.position, &args.operator())
        .await?;
    told(
        console,
        &format!("{} leaves out the event at position {}", args.name, args.position),
    )
}

pub(super) async fn retry(
    args: EventArgs,
    projections: &Projections,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    projections
        .retry(&args.name, args.position, &args.operator())
        .await?;
    console.note("a build that has passed the event already has to be made anew to take it in")?;
    told(
        console,
        &format!(
            "{} tries the event at position {} again",
            args.name, args.position
        ),
    )
}

impl EventArgs {
    fn operator(&self) -> Operator {
        Operator {
            actor: self.by.clone(),
            reason: self.reason.clone(),
        }
    }
}

fn told(console: &mut Console<'_>, result: &str) -> Result<Outcome, Error> {
    writeln!(console.out, "{result}")?;
    console.out.flush()?;
    Ok(Outcome::Fine)
}
