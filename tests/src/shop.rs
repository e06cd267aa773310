//! A shop in a folder of its own.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{Client, souk_binary};

/// A running shop and the folder that it keeps its data in.
#[derive(Debug)]
pub struct Shop {
    folder: TempDir,
    address: String,
    arguments: Vec<String>,
    database_url: Option<String>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    client: Client,
}

/// The root of the repository.
pub fn repository() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

impl Shop {
    /// Starts a shop on a fresh folder.
    ///
    /// # Errors
    ///
    /// When it does not come up; the error tells what it said.
    pub fn start(arguments: &[&str]) -> Result<Self> {
        Self::start_with(arguments, None)
    }

    /// Starts a shop on a server that the test has.
    ///
    /// # Errors
    ///
    /// When it does not come up; the error tells what it said.
    pub fn start_on(database_url: String) -> Result<Self> {
        Self::start_with(&[], Some(database_url))
    }

    fn start_with(arguments: &[&str], database_url: Option<String>) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("souk-test-").tempdir()?;
        // The server of the data folder may run as another user than the tests.
        set_open(folder.path())?;
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let mut shop = Self {
            folder,
            address: "127.0.0.1:0".to_owned(),
            arguments,
            database_url,
            running: None,
        };
        shop.resume()?;
        Ok(shop)
    }

    /// Starts the shop again on the same folder.
    ///
    /// # Errors
    ///
    /// When it does not come up; the error tells what it said.
    pub fn resume(&mut self) -> Result<()> {
        let log = File::options().create(true).append(true).open(self.log_file())?;
        let mut command = Command::new(souk_binary()?);
        // What the developer has set is none of the tests' business.
        command.env_remove("DATABASE_URL");
        if let Some(url) = &self.database_url {
            command.env("DATABASE_URL", url);
        }
        let mut child = command
            .args(["up", "--listen", &self.address, "--data"])
            .arg(self.data())
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let stdout = child.stdout.take().context("the shop has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let mut said = String::new();
        let mut base = None;
        for line in lines.by_ref() {
            let line = line?;
            said.push_str(&line);
            said.push('\n');
            if let Some(address) = line.split_whitespace().find(|word| word.starts_with("http://")) {
                base = base.or_else(|| address.find('/').map(|_| origin(address)));
            }
            if line.starts_with("ready") {
                break;
            }
        }
        let Some(base) = base else {
            child.kill()?;
            child.wait()?;
            bail!("the shop did not come up:\n{said}{}", self.log()?);
        };
        // The output must be read to its end, or the shop would one day wait for its reader.
        std::thread::spawn(move || lines.for_each(drop));
        self.running = Some(Running {
            child,
            client: Client::new(base)?,
        });
        Ok(())
    }

    /// Takes this address at the next start instead of any free one.
    pub fn listen_on(&mut self, address: &str) {
        address.clone_into(&mut self.address);
    }

    /// A front-end of this shop.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn client(&self) -> Result<Client> {
        let running = self.running.as_ref().context("the shop does not run")?;
        Ok(running.client.clone())
    }

    /// The folder that it keeps its data in.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Kills the process with no chance to put anything in order.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn kill(&mut self) -> Result<()> {
        let mut running = self.running.take().context("the shop does not run")?;
        running.child.kill()?;
        running.child.wait()?;
        Ok(())
    }

    /// Asks the process to stop and gives its exit code.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn terminate(&mut self) -> Result<Option<i32>> {
        let mut running = self.running.take().context("the shop does not run")?;
        signal("-TERM", running.child.id())?;
        Ok(running.child.wait()?.code())
    }

    /// The process number of the shop.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn process_id(&self) -> Result<u32> {
        Ok(self.running.as_ref().context("the shop does not run")?.child.id())
    }

    /// Runs the command line on the data of this shop.
    ///
    /// # Errors
    ///
    /// When it cannot be run at all; a failing command is in the output.
    pub fn souk(&self, arguments: &[&str]) -> Result<Output> {
        Ok(self.souk_command(arguments)?.output()?)
    }

    /// The command line on the data of the shop, to be run in another environment.
    ///
    /// # Errors
    ///
    /// When the binary cannot be built.
    pub fn souk_command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(souk_binary()?);
        command
            .args(arguments)
            .env("SOUK_DATA", self.data())
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null());
        Ok(command)
    }

    /// Everything that the shop logged.
    ///
    /// # Errors
    ///
    /// When there is no log.
    pub fn log(&self) -> Result<String> {
        let mut text = String::new();
        File::open(self.log_file())?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("souk.log")
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if self.running.is_some() {
            // Stopped in order, it takes its PostgreSQL along; a failure here shows nothing new.
            drop(self.terminate());
        }
    }
}

/// Sends a signal to one process that this test started.
///
/// # Errors
///
/// When there is no such process.
pub fn signal(signal: &str, process_id: u32) -> Result<()> {
    let status = Command::new("kill")
        .arg(signal)
        .arg(process_id.to_string())
        .status()?;
    if !status.success() {
        bail!("process {process_id} cannot be signalled");
    }
    Ok(())
}

fn origin(address: &str) -> String {
    let end = address
        .match_indices('/')
        .nth(2)
        .map_or(address.len(), |(index, _)| index);
    address[..end].to_owned()
}

#[cfg(unix)]
fn set_open(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}
