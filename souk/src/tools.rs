//! The tools of auditors and analysts, each on a database that may be in use at the same time.

use std::{
    io::{IsTerminal, Stderr, Stdout, stderr, stdout},
    sync::Arc,
};

use anyhow::Result;
use event_store::{Log, PostgresLog, PostgresLogOptions};
use platform::{
    config::Config,
    pool::{DatabaseRole, PoolError},
    shutdown::Shutdown,
};
use projections::{
    Progress, Projections,
    catalogue::{SearchLanguages, find_languages},
};
use replay_tools::{Console, Context, EventsArgs, Look, Outcome, ReplayArgs};

use sqlx::PgPool;

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
pub(crate) async fn events(config: &Config, screen: Screen, args: EventsArgs) -> Result<u8> {
    let mut tool = Tool::open(config, screen, Rights::Read).await?;
    let done = replay_tools::events::run(args, &tool.context, &mut tool.terminal.console()).await;
    tool.close(done).await
}

/// `souk replay`.
pub(crate) async fn replay(config: &Config, screen: Screen, args: ReplayArgs) -> Result<u8> {
    let mut tool = Tool::open(config, screen, Rights::Read).await?;
    let done = replay_tools::replay::run(args, &tool.context, &mut tool.terminal.console()).await;
    tool.close(done).await
}

/// `souk projections`.
pub(crate) async fn projections(
    config: &Config,
    screen: Screen,
    chosen: Option<SearchLanguages>,
    options: cli::Projections,
) -> Result<u8> {
    let args = options.args;
    let rights = if args.needs_only_to_read() {
        Rights::ReadAtLeast
    } else if args.writes() {
        Rights::Write
    } else {
        Rights::Read
    };
    let mut tool = Tool::open(config, screen, rights).await?;
    let pool = tool
        .database
        .pool(tool.role, "projections tool", CONNECTIONS)
        .await?;
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
    drop(projections);
    tool.close(done).await
}

/// What a tool may do to read models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rights {
    /// Read them.
    Read,
    /// Read them; and write them, if the login may.
    ReadAtLeast,
    /// Write them.
    Write,
}

/// What else is written to standard error while a tool runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// Nothing, so that progress bars may be drawn.
    Ours,
    /// Logs that were asked for.
    SharedWithLogs,
}

/// What every tool needs.
struct Tool {
    database: Database,
    role: DatabaseRole,
    context: Context,
    terminal: Terminal,
}

impl Tool {
    async fn open(config: &Config, screen: Screen, rights: Rights) -> Result<Self> {
        let stop = Shutdown::listen()?.token();
        let database = Database::attach(config).await?;
        let (role, pool) = Self::pool(&database, rights).await?;
        let log: Log = Arc::new(PostgresLog::open(pool, PostgresLogOptions::default()).await?);
        Ok(Self {
            database,
            role,
            context: Context {
                log,
                stop,
                may_write: role == DatabaseRole::Projector,
            },
            terminal: Terminal::new(screen),
        })
    }

    /// Connections with the rights that are wanted, or with fewer where that is enough.
    async fn pool(database: &Database, rights: Rights) -> Result<(DatabaseRole, PgPool)> {
        let wanted = match rights {
            Rights::Read => DatabaseRole::Auditor,
            Rights::ReadAtLeast | Rights::Write => DatabaseRole::Projector,
        };
        match database.pool(wanted, "tool", CONNECTIONS).await {
            Err(error) if rights == Rights::ReadAtLeast && is_refused(&error) => {
                let auditor = DatabaseRole::Auditor;
                Ok((auditor, database.pool(auditor, "tool", CONNECTIONS).await?))
            }
            pool => Ok((wanted, pool?)),
        }
    }

    async fn close(self, done: Result<Outcome, replay_tools::Error>) -> Result<u8> {
        // The log listens to the server, which may stop now.
        drop(self.context);
        self.database.stop().await;
        match done? {
            Outcome::Fine => Ok(FINE),
            Outcome::Difference => Ok(DIFFERENCE),
        }
    }
}

/// Whether a login may not take the role.
fn is_refused(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(PoolError::Role { .. }))
}

/// Standard output for results, standard error for everything else.
pub(crate) struct Terminal {
    out: Stdout,
    notes: Stderr,
    screen: Screen,
}

impl Terminal {
    pub(crate) fn new(screen: Screen) -> Self {
        Self {
            out: stdout(),
            notes: stderr(),
            screen,
        }
    }

    pub(crate) fn console(&mut self) -> Console<'_> {
        Console {
            out_is_terminal: self.out.is_terminal(),
            look: look(&self.out),
            notes_are_terminal: self.notes.is_terminal() && self.screen == Screen::Ours,
            out: &mut self.out,
            notes: &mut self.notes,
        }
    }
}

/// How results look on standard output. Whether there are colours is up to `NO_COLOR` and `CLICOLOR` too.
fn look(out: &Stdout) -> Look {
    if !out.is_terminal() {
        return Look::default();
    }
    let size = console::Term::stdout().size_checked();
    Look {
        columns: size.map(|(_lines, columns)| usize::from(columns)),
        colours: console::colors_enabled(),
    }
}
