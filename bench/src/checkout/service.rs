//! Souk as a process of its own, or as one for each role, and what it uses.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tests::{Client, Role, Roles, until};

use crate::server::Database;

/// The unit of times in `/proc`: hundredths of a second on every Linux there is.
const TICKS_PER_S: f64 = 100.0;

/// A running Souk on the database of the benchmark.
pub(super) struct Service {
    running: Running,
    postmaster: u32,
}

enum Running {
    /// `souk up`.
    Together {
        child: Together,
        base: String,
        _folder: TempDir,
    },
    /// `souk serve`, a process for each role.
    Apart(Roles),
}

/// CPU seconds by who used them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Usage(pub(crate) BTreeMap<&'static str, f64>);

impl Usage {
    pub(super) fn since(&self, before: &Self) -> Self {
        let since = |(who, used): (&&'static str, &f64)| (*who, used - before.0.get(who).unwrap_or(&0.0));
        Self(self.0.iter().map(since).collect())
    }
}

impl Service {
    /// Starts everything in one process.
    pub(super) fn start(database: &Database) -> Result<Self> {
        let folder = folder()?;
        let mut child = Command::new(binary()?)
            .args(["up", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path())
            .env("DATABASE_URL", database.url())
            .env("SOUK_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let mut base = None;
        for line in lines.by_ref() {
            let line = line?;
            let address = line.split_whitespace().find(|word| word.starts_with("http://"));
            if let (None, Some(address)) = (&base, address) {
                let end = address
                    .match_indices('/')
                    .nth(2)
                    .map_or(address.len(), |(end, _)| end);
                base = address.get(..end).map(str::to_owned);
            }
            if line.starts_with("ready") {
                break;
            }
        }
        // Its output must be read to the end, or it would one day wait for its reader.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            running: Running::Together {
                child: Together(child),
                base: base.context("souk did not come up")?,
                _folder: folder,
            },
            postmaster: database.postmaster()?,
        })
    }

    /// Starts each role in a process of its own.
    pub(super) async fn start_apart(database: &Database) -> Result<Self> {
        let roles = Roles::start(binary()?, database.url().to_owned(), folder()?)?;
        let client = roles.client()?;
        until("commands are taken", async || {
            let ready = client.get("/health/ready").await;
            Ok(ready.is_ok_and(|answer| answer.status.is_success()))
        })
        .await?;
        Ok(Self {
            running: Running::Apart(roles),
            postmaster: database.postmaster()?,
        })
    }

    pub(super) fn client(&self) -> Result<Client> {
        match &self.running {
            Running::Together { base, .. } => Client::new(base.clone()),
            Running::Apart(roles) => roles.client(),
        }
    }

    /// The processes of Souk, by what they do.
    fn processes(&self) -> Result<Vec<(&'static str, u32)>> {
        match &self.running {
            Running::Together { child, .. } => Ok(vec![("souk", child.0.id())]),
            Running::Apart(roles) => Role::ALL
                .into_iter()
                .map(|role| Ok((role.name(), roles.process_id(role)?)))
                .collect(),
        }
    }

    /// What was used until now: by the processes of Souk, by PostgreSQL, and by the clients in this process.
    pub(super) fn usage(&self) -> Result<Usage> {
        let mut used = BTreeMap::from([("clients", cpu_s(std::process::id())?)]);
        for (who, process_id) in self.processes()? {
            used.insert(who, cpu_s(process_id)?);
        }
        let mut postgres = cpu_s(self.postmaster)?;
        for entry in std::fs::read_dir("/proc")? {
            let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            // Processes come and go while they are counted.
            if parent(pid).is_ok_and(|parent| parent == self.postmaster) {
                postgres += cpu_s(pid).unwrap_or_default();
            }
        }
        used.insert("postgres", postgres);
        Ok(Usage(used))
    }

    /// The memory of all its processes.
    pub(super) fn resident_mib(&self) -> Result<f64> {
        let of = |(_, process_id): (_, u32)| crate::report::resident_mib_of(&process_id.to_string());
        let resident: Option<f64> = self.processes()?.into_iter().map(of).sum();
        resident.context("its memory cannot be read")
    }

    pub(super) fn stop(self) -> Result<()> {
        match self.running {
            Running::Together { mut child, .. } => {
                tests::signal("-TERM", child.0.id())?;
                child.0.wait()?;
                Ok(())
            }
            Running::Apart(roles) => roles.stop(),
        }
    }
}

/// The one process, which does not outlive the benchmark.
struct Together(Child);

impl Drop for Together {
    fn drop(&mut self) {
        // After `stop` there is nothing left to kill.
        drop(self.0.kill());
    }
}

/// The binary that lies beside this one.
fn binary() -> Result<PathBuf> {
    let binary = std::env::current_exe()?.with_file_name("souk");
    if !binary.exists() {
        bail!(
            "there is no {}: build it with the same profile first",
            binary.display()
        );
    }
    Ok(binary)
}

fn folder() -> Result<TempDir> {
    Ok(tempfile::Builder::new()
        .prefix("souk-bench-data-")
        .tempdir_in("/var/tmp")?)
}

/// The fields of `/proc/PID/stat` after the name, which may contain anything.
fn stat(pid: u32) -> Result<Vec<String>> {
    let line = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = line.rsplit_once(')').context("no process status")?;
    Ok(fields.split_whitespace().map(str::to_owned).collect())
}

fn parent(pid: u32) -> Result<u32> {
    let fields = stat(pid)?;
    Ok(fields.get(1).context("no parent")?.parse()?)
}

fn cpu_s(pid: u32) -> Result<f64> {
    let fields = stat(pid)?;
    let ticks = |index: usize| -> Result<f64> { Ok(fields.get(index).context("no time")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) / TICKS_PER_S)
}
