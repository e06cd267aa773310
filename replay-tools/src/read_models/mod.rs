//! `souk projections`: looking at the read models and rebuilding them.

mod list;
mod rebuild;
mod row;
#[cfg(test)]
mod tests;

use clap::{Args, Subcommand};
use projections::Projections;

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
    #[command(visible_alias = "status")]
    List(ListArgs),
    /// Build a read model anew beside the live one, then switch readers to it
    Rebuild(RebuildArgs),
}

impl ProjectionsArgs {
    /// Whether the command writes read models: then it needs the rights of `souk_projector`, otherwise
    /// those of `souk_auditor` are enough.
    pub const fn writes(&self) -> bool {
        matches!(self.command, ProjectionsCommand::Rebuild(_))
    }
}

/// Runs `souk projections`.
///
/// # Errors
///
/// When the database cannot be reached, there is no such read model, somebody else is building it, or
/// the results cannot be written.
pub async fn run(
    args: ProjectionsArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    end_quietly(match args.command {
        ProjectionsCommand::List(args) => list::run(args, projections, context, console).await,
        ProjectionsCommand::Rebuild(args) => rebuild::run(args, projections, context, console).await,
    })
}
