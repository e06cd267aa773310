//! The shop with each role in a process of its own, on one database.

use std::{
    collections::BTreeMap,
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    ops::Range,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::Client;

/// Below the ports that systems give out by themselves, so that nobody is handed the one of a role that is
/// dead for the moment.
const PORTS: Range<u16> = 15_000..30_000;

/// How many lines of what a role said are worth reading.
const COMPLAINTS: usize = 20;

/// A role that runs alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Takes commands.
    CommandApi,
    /// Takes commands beside the first one.
    SecondCommandApi,
    /// Carries orders and payments.
    ProcessManagers,
    /// Keeps the read models.
    Projections,
    /// Answers queries.
    QueryApi,
}

impl Role {
    /// One process of each kind.
    pub const ALL: [Self; 4] = [
        Self::CommandApi,
        Self::ProcessManagers,
        Self::Projections,
        Self::QueryApi,
    ];

    /// Its name for `souk serve`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommandApi | Self::SecondCommandApi => "command-api",
            Self::ProcessManagers => "process-managers",
            Self::Projections => "projections",
            Self::QueryApi => "query-api",
        }
    }
}

/// A process for each role.
#[derive(Debug)]
pub struct Roles {
    binary: PathBuf,
    database_url: String,
    folder: TempDir,
    commands: SocketAddr,
    second_commands: SocketAddr,
    queries: SocketAddr,
    running: BTreeMap<Role, Child>,
}

impl Roles {
    /// Starts all roles on a database that is up to date. Indexes and logs go into the folder.
    ///
    /// # Errors
    ///
    /// When a process cannot be started.
    pub fn start(binary: PathBuf, database_url: String, folder: TempDir) -> Result<Self> {
        let [commands, second_commands, queries] = free_addresses()?;
        let mut roles = Self {
            binary,
            database_url,
            folder,
            commands,
            second_commands,
            queries,
            running: BTreeMap::new(),
        };
        for role in Role::ALL {
            roles.resume(role)?;
        }
        Ok(roles)
    }

    /// Starts a role that was killed.
    ///
    /// # Errors
    ///
    /// When the process cannot be started.
    pub fn resume(&mut self, role: Role) -> Result<()> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_file(role))?;
        let mut command = self.command(&["serve", role.name()]);
        match role {
            Role::CommandApi => command.args(["--listen", &self.commands.to_string()]),
            Role::SecondCommandApi => command.args(["--listen", &self.second_commands.to_string()]),
            Role::QueryApi => command.args(["--listen", &self.queries.to_string()]),
            Role::ProcessManagers | Role::Projections => &mut command,
        };
        let child = command.stdout(Stdio::null()).stderr(log).spawn()?;
        self.running.insert(role, child);
        Ok(())
    }

    /// Kills a role with no chance to put anything in order.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn kill(&mut self, role: Role) -> Result<()> {
        self.check_alive()?;
        let mut child = self.running.remove(&role).context("the role does not run")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Nobody ends by themselves.
    ///
    /// # Errors
    ///
    /// When one did; the error tells what it said.
    pub fn check_alive(&mut self) -> Result<()> {
        for (role, child) in &mut self.running {
            if let Some(status) = child.try_wait()? {
                let said = std::fs::read_to_string(self.folder.path().join(role.name())).unwrap_or_default();
                bail!("{} ended: {status}\n{said}", role.name());
            }
        }
        Ok(())
    }

    /// The last that each role said of what went wrong.
    pub fn complaints(&self) -> String {
        let of = |role: &Role| {
            let said = std::fs::read_to_string(self.log_file(*role)).unwrap_or_default();
            let mut last: Vec<&str> = said.lines().rev().take(COMPLAINTS).collect();
            last.reverse();
            format!("{}:\n{}\n", role.name(), last.join("\n"))
        };
        self.running.keys().map(of).collect()
    }

    /// The process number of a role.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn process_id(&self, role: Role) -> Result<u32> {
        Ok(self.running.get(&role).context("the role does not run")?.id())
    }

    /// A front-end that sends commands to one process and queries to another.
    ///
    /// # Errors
    ///
    /// When no HTTP client can be made.
    pub fn client(&self) -> Result<Client> {
        Client::apart(
            format!("http://{}", self.commands),
            format!("http://{}", self.queries),
        )
    }

    /// A front-end that sends its commands to the second process for them.
    ///
    /// # Errors
    ///
    /// When no HTTP client can be made.
    pub fn second_client(&self) -> Result<Client> {
        Client::apart(
            format!("http://{}", self.second_commands),
            format!("http://{}", self.queries),
        )
    }

    /// Runs the command line on the same database.
    ///
    /// # Errors
    ///
    /// When it cannot be run at all; a failing command is in the output.
    pub fn souk(&self, arguments: &[&str]) -> Result<Output> {
        Ok(self.command(arguments).output()?)
    }

    /// Starts the command line on the same database, for those who do not let it end.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn spawn_souk(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command(arguments);
        Ok(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?)
    }

    /// Asks all roles to stop.
    ///
    /// # Errors
    ///
    /// When one does not stop in order.
    pub fn stop(mut self) -> Result<()> {
        for child in self.running.values() {
            crate::signal("-TERM", child.id())?;
        }
        for (role, mut child) in std::mem::take(&mut self.running) {
            let status = child.wait()?;
            ensure!(status.success(), "{} ended: {status}", role.name());
        }
        Ok(())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .env("DATABASE_URL", &self.database_url)
            .env("SOUK_DATA", self.folder.path().join("data"))
            .env("SOUK_LOG", "warn")
            .stdin(Stdio::null());
        command
    }

    fn log_file(&self, role: Role) -> PathBuf {
        self.folder.path().join(role.name())
    }
}

impl Drop for Roles {
    fn drop(&mut self) {
        for child in self.running.values_mut() {
            // One that has ended already cannot be killed, and that is fine.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// How many ports were given out. Each is given out once, as one that is free for the moment may belong to a role
/// that was killed and comes back.
static GIVEN_OUT: AtomicUsize = AtomicUsize::new(0);

/// Three addresses on which no process listens. Each process begins elsewhere, so that two seldom want the same.
fn free_addresses() -> Result<[SocketAddr; 3]> {
    let first = usize::try_from(std::process::id())? * 61 % PORTS.len();
    let next_port = || {
        let number = GIVEN_OUT.fetch_add(1, Ordering::Relaxed);
        PORTS.clone().nth((first + number) % PORTS.len())
    };
    let next = || -> Result<SocketAddr> {
        for _ in PORTS {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, next_port().context("there are no ports")?));
            if TcpListener::bind(address).is_ok() {
                return Ok(address);
            }
        }
        bail!("every port is taken")
    };
    Ok([next()?, next()?, next()?])
}
