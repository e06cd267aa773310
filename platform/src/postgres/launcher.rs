//! Starting programs that end when we do.

use std::{
    fs::{self, File},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::{EmbeddedError, binaries::Binaries, identity::ServerUser, layout::Layout};
use crate::config;

/// The program of util-linux that asks the kernel for a signal when the parent's thread ends.
const SETPRIV: &str = "setpriv";

/// How programs are started.
#[derive(Debug, Clone)]
pub(crate) struct Launcher {
    /// Where `setpriv` is; without it a server may outlive us until the next start.
    setpriv: Option<PathBuf>,
    /// The signal that the server gets when we are gone.
    farewell: &'static str,
}

impl Launcher {
    /// `farewell` is the signal's short name: `INT` is a fast shutdown, `QUIT` an immediate one.
    pub(crate) fn new(farewell: &'static str) -> Self {
        let setpriv = config::program_folders()
            .into_iter()
            .map(|folder| folder.join(SETPRIV))
            .find(|program| program.is_file())
            .filter(|program| can_say_farewell(program, farewell));
        Self { setpriv, farewell }
    }

    /// A helper program that is killed when we are gone.
    pub(crate) fn ending_with_us(&self, user: &ServerUser, program: &Path, folder: &Path) -> Command {
        self.command(user, program, folder, "KILL")
    }

    /// The server itself. What it says before its own logging begins goes to the start log.
    pub(crate) fn server(
        &self,
        layout: &Layout,
        user: &ServerUser,
        binaries: &Binaries,
    ) -> Result<Child, EmbeddedError> {
        let program = binaries.program("postgres");
        let log = start_log(&layout.start_log)?;
        let second = log
            .try_clone()
            .map_err(EmbeddedError::file("write", &layout.start_log))?;
        self.command(user, &program, &layout.home, self.farewell)
            .arg("-D")
            .arg(&layout.cluster)
            .arg("-c")
            .arg(format!("config_file={}", layout.settings.display()))
            .stdout(log)
            .stderr(second)
            .spawn()
            .map_err(|source| EmbeddedError::Run { program, source })
    }

    fn command(&self, user: &ServerUser, program: &Path, folder: &Path, farewell: &str) -> Command {
        let Some(setpriv) = &self.setpriv else {
            return user.command(program, folder);
        };
        let mut command = user.command(setpriv, folder);
        // It replaces itself by the program, so the process number stays the same.
        command.args(["--pdeathsig", farewell]).arg(program);
        command
    }
}

/// Small systems have a `setpriv` that lacks this option.
fn can_say_farewell(setpriv: &Path, farewell: &str) -> bool {
    Command::new(setpriv)
        .args(["--pdeathsig", farewell, "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn start_log(path: &Path) -> Result<File, EmbeddedError> {
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(EmbeddedError::file("write", path))
}
