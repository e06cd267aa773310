//! Processes of an earlier server that are still there: after our own `kill -9` the
//! server, after the server's `kill -9` its workers.
//!
//! A process is known by what it does, not by the number in `postmaster.pid` alone:
//! numbers are used again, and the process that has it now may be anybody's.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use super::EmbeddedError;

/// How long a server may take to write everything down and end. One that recovers does not obey at all, so it
/// is not waited for longer: what it has not written down is in its write-ahead log.
const FAST_SHUTDOWN: Duration = Duration::from_secs(5);

/// How long a process may take to end without writing anything.
const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(5);

/// How often we look whether it has ended.
const POLL: Duration = Duration::from_millis(10);

/// What `postmaster.pid` says.
pub(crate) struct PostmasterFile {
    pub(crate) pid: u32,
    /// Whether the server takes connections.
    pub(crate) ready: bool,
}

impl PostmasterFile {
    pub(crate) fn read(cluster: &Path) -> Option<Self> {
        let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        // The eighth line is the status, as `pg_ctl` reads it.
        Some(Self {
            pid,
            ready: lines.nth(6).is_some_and(|status| status.trim() == "ready"),
        })
    }
}

/// Sends a signal; a process that has ended is no mistake.
pub(crate) fn send(pid: u32, signal: Signal) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return;
    };
    if let Err(error) = kill_process(pid, signal) {
        tracing::debug!(%error, ?signal, "a signal did not arrive");
    }
}

/// Ends every server process that works on `cluster`, and removes what it leaves: `postmaster.pid`, and the
/// `files` of its socket.
///
/// The caller holds the lock of the data folder, so nothing new can begin meanwhile.
pub(crate) fn end(cluster: &Path, home: &Path, files: &[PathBuf]) -> Result<(), EmbeddedError> {
    if !Path::new("/proc/self/cwd").exists() {
        // Without /proc the server itself decides whether its old lock file is stale.
        return Ok(());
    }
    let found = working_on(cluster);
    if !found.is_empty() {
        tracing::warn!(folder = %home.display(), processes = found.len(), "a PostgreSQL left behind is ended");
        end_processes(cluster)?;
    }
    // Nobody works here, so these files are stale, whoever has their process numbers today.
    remove(&cluster.join("postmaster.pid"))?;
    files.iter().try_for_each(|file| remove(file))
}

fn remove(file: &Path) -> Result<(), EmbeddedError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(EmbeddedError::file("remove", file)(error))
        }
        _ => Ok(()),
    }
}

fn end_processes(cluster: &Path) -> Result<(), EmbeddedError> {
    if let Some(file) = PostmasterFile::read(cluster)
        && working_on(cluster).contains(&file.pid)
    {
        send(file.pid, Signal::INT);
        if gone_within(cluster, FAST_SHUTDOWN) {
            return Ok(());
        }
    }
    for signal in [Signal::QUIT, Signal::KILL] {
        for pid in working_on(cluster) {
            send(pid, signal);
        }
        if gone_within(cluster, IMMEDIATE_SHUTDOWN) {
            return Ok(());
        }
    }
    match working_on(cluster).first() {
        Some(pid) => Err(EmbeddedError::LeftoverStays {
            folder: cluster.to_owned(),
            pid: *pid,
        }),
        None => Ok(()),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the supervisor has a thread of its own, and nothing tells when a stranger's process ends"
)]
fn gone_within(cluster: &Path, limit: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        if working_on(cluster).is_empty() {
            return true;
        }
        thread::sleep(POLL);
    }
    false
}

/// The server and all its workers have the cluster as their working folder.
fn working_on(cluster: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| works_on(*pid, cluster))
        .collect()
}

fn works_on(pid: u32, cluster: &Path) -> bool {
    let link = |name: &str| fs::read_link(PathBuf::from(format!("/proc/{pid}/{name}")));
    // A shell that stands in the folder is not a server.
    let is_server = |program: PathBuf| {
        program
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("postgres"))
    };
    link("cwd").is_ok_and(|folder| folder == cluster) && link("exe").is_ok_and(is_server)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn the_file_of_a_running_server_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("postmaster.pid");
        fs::write(
            &file,
            "4711\n/data\n1700000000\n5432\n/run\n\n  123 456\nstarting\n",
        )
        .unwrap();
        let starting = PostmasterFile::read(folder.path()).unwrap();
        assert_eq!((starting.pid, starting.ready), (4711, false));
        fs::write(
            &file,
            "4711\n/data\n1700000000\n5432\n/run\n\n  123 456\nready   \n",
        )
        .unwrap();
        assert!(PostmasterFile::read(folder.path()).unwrap().ready);
    }

    #[test]
    fn a_stale_file_with_the_number_of_somebody_else_is_removed_and_he_lives() {
        let folder = tempfile::tempdir().unwrap();
        let mut other = Command::new("sleep")
            .arg("60")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let file = folder.path().join("postmaster.pid");
        fs::write(&file, format!("{}\n", other.id())).unwrap();
        let lock = folder.path().join(".s.PGSQL.5432.lock");
        fs::write(&lock, format!("{}\n", other.id())).unwrap();
        let cluster = folder.path().canonicalize().unwrap();
        end(&cluster, folder.path(), std::slice::from_ref(&lock)).unwrap();
        assert!(!file.exists() && !lock.exists());
        assert!(other.try_wait().unwrap().is_none());
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
