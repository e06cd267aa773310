//! `souk processes`: what carries orders, payments and subscriptions, and what of it waits for people.

mod list;

use std::io::Write;

use anyhow::{Result, bail};
use clap::{Args, Subcommand, builder::NonEmptyStringValueParser};
use domain::{
    process::{Fulfilment, ProcessManager as _},
    value::OrderId,
};
use platform::{config::Config, pool::DatabaseRole};
use process_managers::inspect::{self, Discard, Requeue, Selection};
use replay_tools::{Format, Report};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use self::list::ProcessRow;
use crate::{
    FINE,
    database::Database,
    say::say,
    tools::{Screen, Terminal},
};

/// The most processes that a plan lists one by one.
const MAX_PLANNED: usize = 20;

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
        /// The identifier of the order, the payment or the subscription
        id: String,
    },
    /// Send what was parked again
    Requeue {
        #[command(flatten)]
        which: Which,
    },
    /// Give up for good what was parked: what should have followed never does
    #[command(
        after_help = "Examples:\n  souk processes discard --key 6f0d… --by ada --reason 'refunded by hand' --yes"
    )]
    Discard {
        #[command(flatten)]
        which: Which,
        /// Who decides this
        #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
        by: String,
        /// Why
        #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
        reason: String,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
}

/// What of the parked is meant.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The command with this key
    #[arg(long)]
    key: Option<Uuid>,
    /// The commands of one process
    #[arg(long)]
    process: Option<String>,
    /// The commands of one process manager
    #[arg(long)]
    manager: Option<String>,
    /// All
    #[arg(long)]
    all: bool,
}

impl Which {
    fn parked(self) -> Requeue {
        match self {
            Self { key: Some(key), .. } => Requeue::Action(key),
            Self {
                process: Some(process),
                ..
            } => Requeue::Process(process),
            Self {
                manager: Some(manager),
                ..
            } => Requeue::Manager(manager),
            // The group demands one of the four.
            _ => Requeue::All,
        }
    }
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
            print(inspect::list(&pool, &selection, limit).await?, format)
        }
        ProcessesCommand::Show { id } => {
            let pool = database.pool(DatabaseRole::Auditor, "processes", 1).await?;
            show(&pool, &id).await
        }
        ProcessesCommand::Requeue { which } => {
            let pool = database.pool(DatabaseRole::Writer, "processes", 1).await?;
            let sent = inspect::requeue(&pool, &which.parked()).await?;
            say(&format!("sent again: {sent}\n"))
        }
        ProcessesCommand::Discard {
            which,
            by,
            reason,
            yes,
        } => {
            let which = which.parked();
            if !yes {
                let pool = database.pool(DatabaseRole::Auditor, "processes", 1).await?;
                plan(
                    &inspect::list(&pool, &concerned(&which), inspect::MAX_ROWS).await?,
                    &which,
                )?;
                bail!("nothing was given up: say --yes to do it");
            }
            let pool = database.pool(DatabaseRole::Writer, "processes", 1).await?;
            let discarded = inspect::discard(&pool, &which, &Discard { by, reason }).await?;
            say(&format!("given up: {discarded}\n"))
        }
    }
}

/// Everything about the processes of an identifier. That of an order comes with how its saga stands: its step,
/// its tries and its next deadline, its payment included.
async fn show(pool: &PgPool, id: &str) -> Result<()> {
    let mut found = inspect::show(pool, id).await?;
    if found.is_empty()
        && let Ok(subscription) = id.parse()
    {
        // Its process goes by the name under which its charges are booked.
        let id = OrderId::of_subscription(subscription).to_string();
        found = inspect::show(pool, &id).await?;
    }
    let mut found = serde_json::to_value(found)?;
    let processes = found.as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
    if processes.is_empty() {
        bail!("there is no process {id}");
    }
    for process in processes {
        if process["manager"] == Fulfilment::NAME {
            process["saga"] = serde_json::to_value(inspect::saga(pool, id).await?)?;
        }
    }
    hide_tokens(&mut found);
    say(&format!("{}\n", serde_json::to_string_pretty(&found)?))
}

/// The processes that have something parked of what is meant; of a key alone that is not known.
fn concerned(which: &Requeue) -> Selection {
    let mut selection = Selection {
        parked: true,
        ..Selection::default()
    };
    match which {
        Requeue::Process(process) => selection.process_id = Some(process.clone()),
        Requeue::Manager(manager) => selection.manager = Some(manager.clone()),
        Requeue::Action(_) | Requeue::All => {}
    }
    selection
}

/// Says on standard error what would be given up.
fn plan(parked: &[inspect::ProcessSummary], which: &Requeue) -> Result<()> {
    let mut notes = std::io::stderr().lock();
    if let Requeue::Action(key) = which {
        writeln!(notes, "giving up the command with the key {key}, if it is parked")?;
        return Ok(());
    }
    let commands: i64 = parked.iter().map(|process| process.parked).sum();
    writeln!(
        notes,
        "giving up {commands} commands of {} processes",
        parked.len()
    )?;
    for process in parked.iter().take(MAX_PLANNED) {
        let (manager, id, parked) = (&process.manager, &process.process_id, process.parked);
        writeln!(notes, "  {manager} {id}: {parked}")?;
    }
    if parked.len() > MAX_PLANNED {
        writeln!(notes, "  and {} more", parked.len() - MAX_PLANNED)?;
    }
    Ok(())
}

/// Prints a list as all tools print theirs.
fn print(processes: Vec<inspect::ProcessSummary>, format: Format) -> Result<()> {
    let mut terminal = Terminal::new(Screen::Ours);
    let mut console = terminal.console();
    let rows: Vec<_> = processes.into_iter().map(ProcessRow).collect();
    let mut report = Report::on(&console, format);
    let covered = match rows.len() {
        1 => "1 process".to_owned(),
        number => format!("{number} processes"),
    };
    let printed = report
        .page(console.out, &rows)
        .and_then(|()| report.finish::<ProcessRow>(&mut console, &covered));
    match printed {
        // A reader that has seen enough, such as `head`, is no failure.
        Err(replay_tools::Error::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        printed => Ok(printed?),
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
