//! `souk projections`: looking at the read models, building them anew, and deciding about them.
//!
//! Whatever changes what readers get or drops something shows its plan and wants `--yes`.

mod decide;
mod decisions;
mod diff;
mod export;
mod generation_change;
mod list;
mod rebuild;
mod row;
#[cfg(test)]
mod tests;

use clap::{
    Args, Subcommand,
    builder::{NonEmptyStringValueParser, PossibleValuesParser},
};
use projections::{Operator, ProjectionError, Projections, Registered, registry};

pub use decide::{DecideArgs, EventArgs, PauseArgs, SkipArgs};
pub use decisions::DecisionsArgs;
pub use diff::DiffArgs;
pub use export::ExportArgs;
pub use generation_change::{DropArgs, SwitchArgs};
use list::Beside;
pub use list::ListArgs;
pub use rebuild::RebuildArgs;

use crate::{
    console::Console,
    context::{Context, Outcome, end_quietly},
    error::Error,
};

/// Arguments of `souk projections`.
#[derive(Debug, Args)]
pub struct ProjectionsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ProjectionsCommand,
}

/// What can be done with the read models.
#[derive(Debug, Subcommand)]
pub enum ProjectionsCommand {
    /// Show each build of each read model: its state, how far it is behind the log, and its last error
    List(ListArgs),
    /// As `list`, with what operators decided: pauses and skipped events
    Status(ListArgs),
    /// Build a read model anew beside the live one, then switch readers to it
    Rebuild(RebuildArgs),
    /// Switch readers to a build that was held back
    Switch(SwitchArgs),
    /// Take readers back to the build that was live before
    Rollback(SwitchArgs),
    /// Compare two builds of a read model row by row
    Diff(DiffArgs),
    /// Let a read model stand still in all processes
    #[command(after_help = "Examples:\n  souk projections pause sales --by ada --reason 'month end' --yes")]
    Pause(PauseArgs),
    /// Let a paused read model go on
    #[command(after_help = "Examples:\n  souk projections resume sales --by ada")]
    Resume(DecideArgs),
    /// Leave out the event that a read model stands still at
    #[command(
        after_help = "Examples:\n  souk projections skip orders --position 57 --by ada --reason 'a known duplicate' --yes"
    )]
    Skip(SkipArgs),
    /// Try an event again, or take one in that was skipped
    #[command(
        after_help = "Examples:\n  souk projections retry orders --position 57 --by ada --reason 'mended today'"
    )]
    Retry(EventArgs),
    /// Show what operators decided: who took readers where, paused, skipped or dropped what, and why
    Decisions(DecisionsArgs),
    /// Drop a build that readers do not use
    Drop(DropArgs),
    /// Write a table of a read model for other programs
    Export(ExportArgs),
}

impl ProjectionsArgs {
    /// Whether the command writes read models: then it needs the rights of `souk_projector`, otherwise
    /// those of `souk_auditor` are enough. A comparison brings a build that was held back up to date, if it
    /// may; see [`Self::needs_only_to_read`].
    pub const fn writes(&self) -> bool {
        !matches!(
            self.command,
            ProjectionsCommand::List(_)
                | ProjectionsCommand::Status(_)
                | ProjectionsCommand::Decisions(_)
                | ProjectionsCommand::Export(_)
        )
    }
}

impl ProjectionsArgs {
    /// Whether the command does its work with the rights of `souk_auditor` too, though with more it can do more.
    pub const fn needs_only_to_read(&self) -> bool {
        matches!(self.command, ProjectionsCommand::Diff(_))
    }
}

/// Who decides, and why: both are recorded.
#[derive(Debug, Clone, Args)]
pub struct OperatorArgs {
    /// Who decides this
    #[arg(long, value_name = "NAME", default_value = "operator", value_parser = NonEmptyStringValueParser::new())]
    pub by: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reason: String,
}

impl OperatorArgs {
    fn operator(&self) -> Operator {
        Operator {
            actor: self.by.clone(),
            reason: self.reason.clone(),
        }
    }
}

/// The name of a read model as the registry has it.
fn registered(name: &str) -> Result<&'static Registered, ProjectionError> {
    let found = registry().iter().find(|model| model.name == name);
    found.ok_or_else(|| ProjectionError::Unknown(name.to_owned()))
}

/// The names of the read models.
fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(registry().iter().map(|model| model.name))
}

/// Says what is going to happen. Without a `--yes` that is all.
fn confirm(console: &mut Console<'_>, plan: &str, yes: bool) -> Result<(), Error> {
    console.note(plan)?;
    if yes { Ok(()) } else { Err(Error::Unconfirmed) }
}

/// Runs `souk projections`.
///
/// # Errors
///
/// When the database cannot be reached, there is no such read model or build, somebody else is building
/// it, a plan was not confirmed, or the results cannot be written.
pub async fn run(
    args: ProjectionsArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    use ProjectionsCommand as Command;
    end_quietly(match args.command {
        Command::List(args) => list::run(args, Beside::Nothing, projections, context, console).await,
        Command::Status(args) => list::run(args, Beside::Decisions, projections, context, console).await,
        Command::Rebuild(args) => rebuild::run(args, projections, context, console).await,
        Command::Switch(args) => generation_change::switch(args, projections, context, console).await,
        Command::Rollback(args) => generation_change::roll_back(args, projections, context, console).await,
        Command::Diff(args) => diff::run(args, projections, context, console).await,
        Command::Pause(args) => decide::pause(args, projections, console).await,
        Command::Resume(args) => decide::resume(args, projections, console).await,
        Command::Skip(args) => decide::skip(args, projections, console).await,
        Command::Retry(args) => decide::retry(args, projections, console).await,
        Command::Decisions(args) => decisions::run(args, projections, context, console).await,
        Command::Drop(args) => generation_change::drop(args, projections, console).await,
        Command::Export(args) => export::run(args, projections, context, console).await,
    })
}
