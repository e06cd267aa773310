//! The tools of auditors and analysts, each on a database that may be in use at the same time.

use std::{
    io::{IsTerminal, Stderr, Stdout, stderr, stdout},
    sync::Arc,
};

use anyhow::Result;
use event_store::{Log, PostgresLog, PostgresLogOptions};
use platform::{config::Config, pool::DatabaseRole, shutdown::Shutdown};
use projections::{
    Progress, Projections,
    catalogue::{SearchLanguages, find_languages},
};
use replay_tools::{Console, Context, EventsArgs, Outcome, ReplayArgs};

use crate::{DIFFERENCE, FINE, cli, database::Database, roles};

/// Connections of a tool: a rebuild on a live shop must leave it its own.
const CONNECTIONS: u32 = 4;

/// Brings the database up to date.
pub(crate) async fn migrate(config: &Config) -> Result<u8> {
    let database = Database::start(config).await?;
    let migrated = database.migrate().await;
    database.stop().await;
    migrated.map(|()| FINE)
}

/// `souk events`.
pub(crate) async fn events(config: &Config, args: EventsArgs) -> Result<u8> {
    let mut tool = Tool::open(config, DatabaseRole::Auditor).await?;
    let done = replay_tools::events::run(args, &tool.context, &mut tool.terminal.console()).await;
    tool.close(done).await
}

/// `souk replay`.
pub(crate) async fn replay(config: &Config, args: ReplayArgs) -> Result<u8> {
    let mut tool = Tool::open(config, DatabaseRole::Auditor).await?;
    let done = replay_tools::replay::run(args, &tool.context, &mut tool.terminal.console()).await;
    tool.close(done).await
}

/// `souk projections`.
pub(crate) async fn projections(
    config: &Config,
    chosen: Option<SearchLanguages>,
    options: cli::Projections,
) -> Result<u8> {
    let args = options.args;
    let role = if args.writes() {
        DatabaseRole::Projector
    } else {
        DatabaseRole::Auditor
    };
    let mut tool = Tool::open(config, role).await?;
    let pool = tool.database.pool(role, "projections tool", CONNECTIONS).await?;
    let log = tool.context.log.clone();
    let data_dir = config.data_dir.clone();
    let languages = match options.search_languages.or(chosen) {
        Some(languages) => languages,
        // The shop may have been told others when it was started, and a rebuild is not to change them.
        None if args.writes() => find_languages(&pool, &data_dir).await?.unwrap_or_default(),
        None => SearchLanguages::default(),
    };
    let progress = Progress::new();
    let projections = Projections::in_languages(pool, log, roles::decoder(), data_dir, progress, languages);
    let mut console = tool.terminal.console();
    let done = replay_tools::read_models::run(args, &projections, &tool.context, &mut console).await;
    tool.close(done).await
}

/// What every tool needs.
struct Tool {
    database: Database,
    context: Context,
    terminal: Terminal,
}

impl Tool {
    async fn open(config: &Config, role: DatabaseRole) -> Result<Self> {
        let stop = Shutdown::listen()?.token();
        let database = Database::attach(config).await?;
        let pool = database.pool(role, "tool", CONNECTIONS).await?;
        let log: Log = Arc::new(PostgresLog::open(pool, PostgresLogOptions::default()).await?);
        Ok(Self {
            database,
            context: Context { log, stop },
            terminal: Terminal::default(),
        })
    }

    async fn close(self, done: Result<Outcome, replay_tools::Error>) -> Result<u8> {
        self.database.stop().await;
        match done? {
            Outcome::Fine => Ok(FINE),
            Outcome::Difference => Ok(DIFFERENCE),
        }
    }
}

/// Standard output for results, standard error for everything else.
struct Terminal {
    out: Stdout,
    notes: Stderr,
}

impl Default for Terminal {
    fn default() -> Self {
        Self {
            out: stdout(),
            notes: stderr(),
        }
    }
}

impl Terminal {
    fn console(&mut self) -> Console<'_> {
        Console {
            out_is_terminal: self.out.is_terminal(),
            notes_are_terminal: self.notes.is_terminal(),
            out: &mut self.out,
            notes: &mut self.notes,
        }
    }
}
