//! `souk events`: looking at the log itself.

mod customer;
mod export;
mod follow;
mod list;
pub(crate) mod row;
mod selection;
mod show;
pub(crate) mod summary;
#[cfg(test)]
mod tests;

use clap::{Args, Subcommand};

pub use customer::OfCustomer;
pub use export::{ExportArgs, ExportFormat};
pub use follow::FollowArgs;
pub use list::{InvalidLimit, Limit, ListArgs};
pub use selection::{Range, Selection};
pub use show::ShowArgs;

use crate::{
    console::Console,
    context::{Context, Outcome, end_quietly},
    error::Error,
};

/// Arguments of `souk events`.
#[derive(Debug, Args)]
pub struct EventsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: EventsCommand,
}

/// What can be done with the log.
#[derive(Debug, Subcommand)]
pub enum EventsCommand {
    /// List events, oldest first unless asked otherwise
    List(ListArgs),
    /// Show one event with its payload and its metadata
    Show(ShowArgs),
    /// Print events as they are written, until Ctrl-C
    Follow(FollowArgs),
    /// Write events to a file or to standard output, all of them unless filtered
    Export(ExportArgs),
}

/// Runs `souk events`.
///
/// # Errors
///
/// When the log cannot be read, what was asked for is not there, or the results cannot be written.
pub async fn run(args: EventsArgs, context: &Context, console: &mut Console<'_>) -> Result<Outcome, Error> {
    end_quietly(match args.command {
        EventsCommand::List(args) => list::run(args, context, console).await,
        EventsCommand::Show(args) => show::run(args, context, console).await,
        EventsCommand::Follow(args) => follow::run(args, context, console).await,
        EventsCommand::Export(args) => export::run(args, context, console).await,
    })
}
