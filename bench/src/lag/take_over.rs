//! How long a read model stands still when the process that works it dies.
//!
//! Two processes of `souk serve projections` run beside each other, and one works the read model. It is killed
//! as `kill -9` does, and only then something happens in the shop: whoever makes that visible is the other one.
//! Measured is the time from the kill to when a reader sees it.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use event_store::Log;
use platform::pool::DatabaseRole;
use projections::value::Position;
use sqlx::PgPool;
use tempfile::TempDir;

use super::{settle, write};
use crate::{
    Size, history,
    report::{Latency, Measure, Report},
    server::{Database, Server},
};

/// How long to wait for anything at most.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often to look. It is what the figures are exact to.
const LOOK: Duration = Duration::from_millis(1);
/// The read model whose worker is killed.
const READ_MODEL: &str = "orders";

pub(super) async fn measure(server: &Server, size: Size, report: &mut Report) -> Result<()> {
    let rounds: usize = match size {
        Size::Small => 10,
        Size::Full => 30,
    };
    let database = server.database().await?;
    let (log, mut shop) = (database.log().await?, history::Shop::default());
    let reader = database.pool(DatabaseRole::Auditor).await?;
    shop.open()?;
    settle(write(&log, &mut shop).await?).await?;
    let mut working = Projector::start(&database)?;
    let (start, mut latency) = (Instant::now(), Latency::new()?);
    for round in 1..=rounds {
        // Whoever came first works: it made this visible, and the other one has nothing to do but to wait.
        sell(&log, &mut shop, 2 * round, &reader).await?;
        let waiting = Projector::start(&database)?;
        let killed = Instant::now();
        working.kill()?;
        sell(&log, &mut shop, 2 * round + 1, &reader).await?;
        latency.record(killed.elapsed());
        working = waiting;
    }
    let per_s = crate::report::rate(rounds, start.elapsed());
    report.add(
        Measure::new("take_over", "kills/s", per_s)
            .latency(&latency)
            .max(&latency),
    )
}

/// Writes an order, and waits until it is visible.
async fn sell(log: &Log, shop: &mut history::Shop, number: usize, reader: &PgPool) -> Result<()> {
    shop.sell(number)?;
    let sold = settle(write(log, shop).await?).await?;
    let written = Instant::now();
    while visible(reader).await? < sold {
        ensure!(written.elapsed() < PATIENCE, "nobody took {READ_MODEL} over");
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// How far readers see.
async fn visible(reader: &PgPool) -> Result<Position> {
    let position = "SELECT position FROM projection_generations WHERE projection = $1 AND state = 'live'";
    let query = sqlx::query_scalar(position).bind(READ_MODEL);
    Ok(query.fetch_optional(reader).await?.unwrap_or_default())
}

/// A process that works read models.
struct Projector {
    child: Child,
    _folder: TempDir,
}

impl Projector {
    /// Starts the binary that lies beside this one, and waits until it has begun.
    fn start(database: &Database) -> Result<Self> {
        let binary = std::env::current_exe()?.with_file_name("souk");
        if !binary.exists() {
            bail!(
                "there is no {}: build it with the same profile first",
                binary.display()
            );
        }
        let folder = tempfile::Builder::new()
            .prefix("souk-bench-projector-")
            .tempdir_in("/var/tmp")?;
        let mut child = Command::new(binary)
            .args(["serve", "projections", "--data"])
            .arg(folder.path())
            .env("DATABASE_URL", database.url())
            .env("SOUK_LOG", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("no log")?).lines();
        let projector = Self {
            child,
            _folder: folder,
        };
        let is_ready = |line: std::io::Result<String>| {
            line.is_ok_and(|line| line.contains("ready") && line.contains("Projections"))
        };
        ensure!(lines.by_ref().any(is_ready), "a projector did not come up");
        // Its log must be read to the end, or it would one day wait for its reader.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(projector)
    }

    fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Projector {
    fn drop(&mut self) {
        // One that was killed before is only waited for.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
