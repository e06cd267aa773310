//! `souk processes`: what carries orders and payments, and what of it waits for people.

use std::io::Write;

use anyhow::{Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use platform::{config::Config, pool::DatabaseRole};
use process_managers::inspect::{self, Requeue, Selection};
use serde_json::Value;
use uuid::Uuid;

use crate::{FINE, database::Database};

/// Options of `souk processes`.
#[derive(Debug, Args)]
pub(crate) struct ProcessesArgs {
    #[command(subcommand)]
    command: ProcessesCommand,
}

#[derive(Debug, Subcommand)]
enum ProcessesCommand {
    /// List processes, those that moved last first
    List {
        /// Only this process manager
        #[arg(long)]
        manager: Option<String>,
        /// Only processes of this status, such as `compensating`
        #[arg(long)]
        status: Option<String>,
        /// Only processes with a command that was given up
        #[arg(long)]
        parked: bool,
        /// At most so many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=inspect::MAX_ROWS))]
        limit: i64,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Show everything about one process: its state, and what is under way
    Show {
        /// The identifier of the order or the payment
        id: String,
    },
    /// Send what was given up again
    Requeue {
        /// The command with this key
        #[arg(long, conflicts_with_all = ["process", "manager", "all"])]
        key: Option<Uuid>,
        /// The commands of one process
        #[arg(long, conflicts_with_all = ["manager", "all"])]
        process: Option<String>,
        /// The commands of one process manager
        #[arg(long, conflicts_with = "all")]
        manager: Option<String>,
        /// All
        #[arg(long)]
        all: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
    Ndjson,
}

/// Runs it.
pub(crate) async fn run(config: &Config, args: ProcessesArgs) -> Result<u8> {
    let database = Database::attach(config).await?;
    let done = perform(&database, args.command).await;
    database.stop().await;
    done.map(|()| FINE)
}

async fn perform(database: &Database, command: ProcessesCommand) -> Result<()> {
    match command {
        ProcessesCommand::List {
            manager,
            status,
            parked,
            limit,
            format,
        } => {
            let pool = database.pool(DatabaseRole::Auditor, "processes", 1).await?;
            let selection = Selection {
                manager,
                status,
                parked,
                process_id: None,
            };
            print(&inspect::list(&pool, &selection, limit).await?, format)
        }
        ProcessesCommand::Show { id } => {
            let pool = database.pool(DatabaseRole::Auditor, "processes", 1).await?;
            let mut found = serde_json::to_value(inspect::show(&pool, &id).await?)?;
            if found.as_array().is_some_and(Vec::is_empty) {
                bail!("there is no process {id}");
            }
            hide_tokens(&mut found);
            line(&serde_json::to_string_pretty(&found)?)
        }
        ProcessesCommand::Requeue {
            key,
            process,
            manager,
            all,
        } => {
            let which = match (key, process, manager, all) {
                (Some(key), ..) => Requeue::Action(key),
                (_, Some(process), ..) => Requeue::Process(process),
                (_, _, Some(manager), _) => Requeue::Manager(manager),
                (_, _, _, true) => Requeue::All,
                _ => bail!("say what to send again: --key, --process, --manager or --all"),
            };
            let pool = database.pool(DatabaseRole::Writer, "processes", 1).await?;
            line(&format!("sent again: {}", inspect::requeue(&pool, &which).await?))
        }
    }
}

fn print(processes: &[inspect::ProcessSummary], format: Format) -> Result<()> {
    match format {
        Format::Json => line(&serde_json::to_string_pretty(processes)?),
        Format::Ndjson => processes
            .iter()
            .try_for_each(|process| line(&serde_json::to_string(process)?)),
        Format::Table => {
            line(&format!(
                "{:<12} {:<38} {:<17} {:>10} {:>8} {:>7}",
                "MANAGER", "PROCESS", "STATUS", "POSITION", "PENDING", "PARKED"
            ))?;
            processes.iter().try_for_each(|process| {
                line(&format!(
                    "{:<12} {:<38} {:<17} {:>10} {:>8} {:>7}",
                    process.manager,
                    process.process_id,
                    process.status,
                    process.position,
                    process.pending,
                    process.parked
                ))
            })
        }
    }
}

/// A token can be charged, so it is not shown, wherever in the state it stands.
fn hide_tokens(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if name == "token" {
                    *field = Value::String("***".to_owned());
                } else {
                    hide_tokens(field);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_tokens),
        _ => {}
    }
}

/// A reader that has seen enough, such as `head`, is no failure.
fn line(text: &str) -> Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
