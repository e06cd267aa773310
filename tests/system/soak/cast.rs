//! Who takes part, and what happens to them.

use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use event_store::{EventLog, Filter, PostgresLog, PostgresLogOptions, RecordedEvent};
use platform::postgres::{EmbeddedOptions, EmbeddedPostgres, ServerState};
use sqlx::{ConnectOptions, PgPool};
use tests::{
    signal,
    soak::{Acknowledged, Journal, Seen},
    until,
};

const WRITERS: usize = 3;
const READERS: usize = 3;

/// The supervisor of the server gives up one that ends more than five times in a minute, so the test
/// kills it less often than that.
const RESTARTS: usize = 4;
const RESTART_WINDOW: Duration = Duration::from_secs(62);

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// A writer is killed and started again.
    KillWriter(usize),
    /// A reader is killed and started again.
    KillReader(usize),
    /// The server stops at once, without writing anything down, and starts again.
    StopServerAtOnce,
    /// The main process of the server is killed, and another one started.
    KillServer,
    /// A process that serves one connection is killed; the server then ends all others, too.
    KillBackend,
    /// Every connection is ended.
    EndConnections,
}

impl Fault {
    /// All of them, again and again, the deadly ones not too close to each other.
    pub(super) fn in_turn() -> impl Iterator<Item = Self> {
        (0..).flat_map(|round| {
            let (writer, reader) = (round % WRITERS, round % READERS);
            [
                Self::KillWriter(writer),
                Self::StopServerAtOnce,
                Self::KillReader(reader),
                Self::KillWriter((writer + 1) % WRITERS),
                Self::EndConnections,
                Self::KillServer,
                Self::KillWriter((writer + 2) % WRITERS),
                Self::KillBackend,
            ]
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::KillWriter(_) => "writers killed",
            Self::KillReader(_) => "readers killed",
            Self::StopServerAtOnce => "immediate restarts of the server",
            Self::KillServer => "kills of the server",
            Self::KillBackend => "kills of a backend",
            Self::EndConnections => "times all connections ended",
        }
    }
}

/// How often each thing happened.
#[derive(Debug, Clone, Default)]
pub(super) struct Suffered(BTreeMap<&'static str, usize>);

impl fmt::Display for Suffered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self
            .0
            .iter()
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        f.write_str(&parts.join(", "))
    }
}

/// The server, the writers and the readers.
pub(super) struct Cast {
    folder: tempfile::TempDir,
    server: EmbeddedPostgres,
    writers: Vec<Worker>,
    readers: Vec<Worker>,
    restarts: Vec<Instant>,
    suffered: Suffered,
}

/// What a writer said, with its name, and what a reader said, with the aggregate it followed.
pub(super) type Said<L> = Vec<(String, Vec<L>)>;

impl Cast {
    pub(super) async fn start() -> Result<Self> {
        // With all that keeps data safe, unlike the servers that other tests throw away.
        let folder = tempfile::Builder::new().prefix("souk-soak-").tempdir()?;
        open_to_the_server(folder.path())?;
        let server = EmbeddedPostgres::start(EmbeddedOptions::new(folder.path().join("data"))).await?;
        let pool = PgPool::connect_with(server.ensure_database("souk").await?).await?;
        schema::migrate(&pool).await?;
        pool.close().await;
        let journal = |name: &str| folder.path().join(name);
        let mut writers = Vec::new();
        for number in 0..WRITERS {
            let name = format!("w{number}");
            writers.push(Worker::start("write", &server, journal(&name), Some(name))?);
        }
        let mut readers = Vec::new();
        for number in 0..READERS {
            // The last one wants a single aggregate, of which everybody writes.
            let aggregate = (number == READERS - 1).then(|| "shared-0".to_owned());
            readers.push(Worker::start(
                "follow",
                &server,
                journal(&format!("r{number}")),
                aggregate,
            )?);
        }
        Ok(Self {
            folder,
            server,
            writers,
            readers,
            restarts: Vec::new(),
            suffered: Suffered::default(),
        })
    }

    /// How many commands of each writer were acknowledged.
    pub(super) fn acknowledged(&self) -> Result<Vec<usize>> {
        let count =
            |worker: &Worker| -> Result<usize> { Ok(Journal::<Acknowledged>::read(&worker.journal)?.len()) };
        self.writers.iter().map(count).collect()
    }

    /// No process ended that was not killed: one that did found something wrong.
    pub(super) fn check_alive(&mut self) -> Result<()> {
        for worker in self.writers.iter_mut().chain(&mut self.readers) {
            worker.check_alive()?;
        }
        Ok(())
    }

    pub(super) fn suffered(&self) -> Suffered {
        self.suffered.clone()
    }

    pub(super) async fn suffer(&mut self, fault: Fault) -> Result<()> {
        match fault {
            Fault::KillWriter(number) => self.writers[number].kill_and_start()?,
            Fault::KillReader(number) => self.readers[number].kill_and_start()?,
            Fault::StopServerAtOnce | Fault::KillServer if !self.may_restart() => return Ok(()),
            Fault::StopServerAtOnce => self.restart("-QUIT").await?,
            Fault::KillServer => self.restart("-KILL").await?,
            Fault::KillBackend => self.kill_backend().await?,
            Fault::EndConnections => self.end_connections().await?,
        }
        *self.suffered.0.entry(fault.name()).or_default() += 1;
        Ok(())
    }

    fn may_restart(&mut self) -> bool {
        self.restarts.retain(|at| at.elapsed() < RESTART_WINDOW);
        let allowed = self.restarts.len() < RESTARTS;
        if allowed {
            self.restarts.push(Instant::now());
        }
        allowed
    }

    async fn restart(&self, how: &str) -> Result<()> {
        let before = self.server.pid().context("the server does not run")?;
        signal(how, before)?;
        let mut state = self.server.state();
        let again = state.wait_for(|state| match state {
            ServerState::Running { pid, .. } => *pid != before,
            ServerState::Failed { .. } => true,
            _ => false,
        });
        let state = tokio::time::timeout(Duration::from_secs(60), again)
            .await??
            .clone();
        ensure!(matches!(state, ServerState::Running { .. }), "{state:?}");
        Ok(())
    }

    async fn kill_backend(&self) -> Result<()> {
        let mut connection = self.server.connect_options("souk").connect().await?;
        let any = "SELECT pid FROM pg_stat_activity WHERE application_name = 'log worker' LIMIT 1";
        let pid: Option<i32> = sqlx::query_scalar(any).fetch_optional(&mut connection).await?;
        if let Some(pid) = pid {
            signal("-KILL", u32::try_from(pid)?)?;
        }
        Ok(())
    }

    async fn end_connections(&self) -> Result<()> {
        let mut connection = self.server.connect_options("souk").connect().await?;
        let all =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'log worker'";
        sqlx::query(all).execute(&mut connection).await?;
        Ok(())
    }

    /// Lets the writers finish what they have under way and the readers come to the end, and gives
    /// the log and everything that was said.
    pub(super) async fn finish(self) -> Result<(Vec<RecordedEvent>, Said<Acknowledged>, Said<Seen>)> {
        let (mut writers, mut readers) = (Vec::new(), Vec::new());
        for worker in self.writers {
            let name = worker.subject.clone().unwrap_or_default();
            let journal = worker.finish().await?;
            writers.push((name, Journal::read(&journal)?));
        }
        for worker in self.readers {
            let aggregate = worker.subject.clone().unwrap_or_default();
            let journal = worker.finish().await?;
            readers.push((aggregate, Journal::read(&journal)?));
        }
        let pool = PgPool::connect_with(self.server.connect_options("souk")).await?;
        let log = PostgresLog::open(pool.clone(), PostgresLogOptions::default()).await?;
        let mut events: Vec<RecordedEvent> = Vec::new();
        loop {
            let after = events.last().map_or(0, |event| event.position);
            let page = log.read(after, 10_000, &Filter::default()).await?;
            if page.is_empty() {
                break;
            }
            events.extend(page);
        }
        let keys: i64 = sqlx::query_scalar("SELECT count(*) FROM command_keys")
            .fetch_one(&pool)
            .await?;
        let commands: usize = writers
            .iter()
            .map(|(_, lines): &(_, Vec<Acknowledged>)| lines.len())
            .sum();
        ensure!(
            usize::try_from(keys)? == commands,
            "{keys} keys for {commands} commands"
        );
        drop((log, pool));
        self.server.stop().await;
        drop(self.folder);
        Ok((events, writers, readers))
    }
}

/// A process, which may be killed and started again.
struct Worker {
    task: &'static str,
    url: String,
    journal: PathBuf,
    subject: Option<String>,
    child: Child,
}

impl Worker {
    fn start(
        task: &'static str,
        server: &EmbeddedPostgres,
        journal: PathBuf,
        subject: Option<String>,
    ) -> Result<Self> {
        let url = server.url("souk");
        let child = spawn(task, &url, &journal, subject.as_deref())?;
        Ok(Self {
            task,
            url,
            journal,
            subject,
            child,
        })
    }

    fn kill_and_start(&mut self) -> Result<()> {
        self.check_alive()?;
        self.child.kill()?;
        self.child.wait()?;
        self.child = spawn(self.task, &self.url, &self.journal, self.subject.as_deref())?;
        Ok(())
    }

    fn check_alive(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!(
                "{} {}: {status}\n{}",
                self.task,
                self.journal.display(),
                self.complaint()
            );
        }
        Ok(())
    }

    fn complaint(&self) -> String {
        std::fs::read_to_string(complaints(&self.journal)).unwrap_or_default()
    }

    async fn finish(mut self) -> Result<PathBuf> {
        drop(self.child.stdin.take());
        let what = format!("{} {} ends", self.task, self.journal.display());
        let mut ended = None;
        until(&what, async || {
            ended = self.child.try_wait()?;
            Ok(ended.is_some())
        })
        .await?;
        ensure!(
            ended.is_some_and(|status| status.success()),
            "{}",
            self.complaint()
        );
        Ok(self.journal.clone())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and that is fine.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn spawn(task: &str, url: &str, journal: &Path, subject: Option<&str>) -> Result<Child> {
    let complaints = File::options()
        .create(true)
        .append(true)
        .open(complaints(journal))?;
    Ok(Command::new(env!("CARGO_BIN_EXE_log-worker"))
        .args([task, url])
        .arg(journal)
        .args(subject)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(complaints)
        .spawn()?)
}

fn complaints(journal: &Path) -> PathBuf {
    journal.with_extension("err")
}

fn open_to_the_server(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(
        folder,
        std::fs::Permissions::from_mode(0o755),
    )?)
}
