//! A second process for tests that kill one: the test binary runs itself, only this one
//! test, and a variable tells the test that it is the second process.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

/// Set in the second process, to the data folder it is to work on.
const DATA_DIR: &str = "SOUK_TEST_OTHER_PROCESS";

/// What the second process says stands after this, among the output of the test harness.
const MARK: &str = "other process: ";

/// Whether this is the second process.
pub(crate) fn is_this() -> bool {
    platform::config::folder(DATA_DIR).is_some()
}

/// Runs the second process's part.
pub(crate) fn run(part: impl AsyncFnOnce(PathBuf)) {
    let data_dir = platform::config::folder(DATA_DIR).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(part(data_dir));
}

/// Says one line to the first process.
pub(crate) fn say(line: &str) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "\n{MARK}{line}").unwrap();
    stdout.flush().unwrap();
}

/// The second process, seen from the first.
pub(crate) struct OtherProcess {
    child: Child,
    output: BufReader<ChildStdout>,
}

/// Starts the second process of the test with this full name.
pub(crate) fn start(test: &str, data_dir: &Path) -> OtherProcess {
    run_other(Command::new(env::current_exe().unwrap()), test, data_dir)
}

/// The same with other programs in its reach.
pub(crate) fn start_with_path(test: &str, data_dir: &Path, programs: &Path) -> OtherProcess {
    let mut command = Command::new(env::current_exe().unwrap());
    command.env("PATH", programs);
    run_other(command, test, data_dir)
}

fn run_other(mut command: Command, test: &str, data_dir: &Path) -> OtherProcess {
    let mut child = command
        .args(["--exact", test, "--nocapture"])
        .env(DATA_DIR, data_dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    OtherProcess { child, output }
}

impl OtherProcess {
    /// The next line it says.
    pub(crate) fn hear(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(
                self.output.read_line(&mut line).unwrap(),
                0,
                "the other process ended in silence"
            );
            if let Some(said) = line.strip_prefix(MARK) {
                return said.trim_end().to_owned();
            }
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill_9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        // A test that failed must not leave it behind.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
