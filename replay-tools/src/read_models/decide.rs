//! `souk projections pause|resume|skip|retry`

use clap::Args;
use event_store::Position;
use projections::{Operator, Projections};

use super::{OperatorArgs, confirm, names};
use crate::{console::Console, context::Outcome, error::Error};

/// Arguments of `souk projections pause` and `resume`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  souk projections pause sales --by ada --reason 'month end' --yes\n  souk projections resume sales --by ada"
)]
pub struct DecideArgs {
    /// The read model
    #[arg(value_parser = names())]
    pub name: String,
    /// Who, and why.
    #[command(flatten)]
    pub operator: OperatorArgs,
    /// Do it
    #[arg(long)]
    pub yes: bool,
}

/// Arguments of `souk projections skip` and `retry`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  souk projections skip orders --position 57 --by ada --reason 'known to be a duplicate' --yes\n  souk projections retry orders --position 57 --by ada --reason 'fixed in today'\\''s version'"
)]
pub struct EventArgs {
    /// The read model
    #[arg(value_parser = names())]
    pub name: String,
    /// The position of the event
    #[arg(long)]
    pub position: Position,
    /// Who decides this
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Do it
    #[arg(long)]
    pub yes: bool,
}

pub(super) async fn pause(
    args: DecideArgs,
    projections: &Projections,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let plan = format!(
        "pausing {}: readers keep what there is, and it falls behind the log until it is resumed",
        args.name
    );
    confirm(console, &plan, args.yes)?;
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
    args: EventArgs,
    projections: &Projections,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let plan = format!(
        "leaving the event at position {} out of {}, now and in every later build",
        args.position, args.name
    );
    confirm(console, &plan, args.yes)?;
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
