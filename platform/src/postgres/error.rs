//! Everything that can keep the embedded server from running.

use std::{io, path::PathBuf, time::Duration};

use crate::data_dir::LockError;

/// Why the embedded server cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No server programs on this machine.
    #[error(
        "no PostgreSQL {minimum} or newer was found on this machine{}; install it with \
         `apt-get install postgresql` (Debian, Ubuntu), `dnf install postgresql-server` (Fedora), \
         `apk add postgresql` (Alpine) or `brew install postgresql` (macOS), or set DATABASE_URL to use another server",
        if too_old.is_empty() { String::new() } else { format!(" (found, but too old: {})", too_old.join(", ")) }
    )]
    NoServerPrograms {
        /// The oldest version that would do.
        minimum: u32,
        /// Versions that were found and would not do.
        too_old: Vec<String>,
    },
    /// The cluster was made by a version that is not installed.
    #[error(
        "the cluster in {} was made by PostgreSQL {cluster}, but only {} is installed; install PostgreSQL {cluster}, \
         or move the data over with pg_upgrade",
        folder.display(),
        installed.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
    )]
    OtherVersion {
        /// The cluster.
        folder: PathBuf,
        /// Its version.
        cluster: u32,
        /// The versions that are installed.
        installed: Vec<u32>,
    },
    /// Running as root, and nobody to drop to.
    #[error(
        "PostgreSQL does not run as root, and this machine has neither a user `postgres` nor a user `nobody` to run it as"
    )]
    NoOtherUser,
    /// The user that the server runs as cannot get to the folder.
    #[error(
        "PostgreSQL does not run as root but as user {user}, who may not enter {}, so it cannot work in {}; \
         choose a data folder elsewhere, such as {}",
        blocking.display(), folder.display(), proposal.display()
    )]
    OutOfReach {
        /// The user's name.
        user: String,
        /// The folder that keeps the user out.
        blocking: PathBuf,
        /// The data folder.
        folder: PathBuf,
        /// A folder that would do.
        proposal: PathBuf,
    },
    /// The cluster is somebody else's.
    #[error(
        "the cluster in {} belongs to the user with number {owner}, as whom PostgreSQL cannot be run from here; \
         start Souk as that user, or choose another data folder",
        folder.display()
    )]
    OtherOwner {
        /// The cluster.
        folder: PathBuf,
        /// The number of the user it belongs to.
        owner: u32,
    },
    /// Another process works on the data folder, or the lock cannot be used.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A file or folder cannot be used.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder that must be private is somebody else's or open to others.
    #[error("the folder {} must belong to the user with number {owner} and be closed to others", path.display())]
    NotPrivate {
        /// The folder.
        path: PathBuf,
        /// The number of the user it must belong to.
        owner: u32,
    },
    /// A path that PostgreSQL cannot be told.
    #[error("the path {} is not Unicode text, which PostgreSQL's settings need", path.display())]
    NotText {
        /// The path.
        path: PathBuf,
    },
    /// A program could not be run.
    #[error("cannot run {}", program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A new cluster could not be made.
    #[error("initdb could not make a cluster: {output}")]
    Initdb {
        /// What initdb said.
        output: String,
    },
    /// The server ended instead of starting.
    #[error("PostgreSQL did not start ({status}); the end of its log in {}: {log}", folder.display())]
    DidNotStart {
        /// How it ended.
        status: String,
        /// The folder of its logs.
        folder: PathBuf,
        /// The last lines.
        log: String,
    },
    /// The server did not become ready in time.
    #[error("PostgreSQL was not ready after {} s; its log is in {}", limit.as_secs(), folder.display())]
    NotReadyInTime {
        /// How long it had.
        limit: Duration,
        /// The folder of its logs.
        folder: PathBuf,
    },
    /// The start was given up by who wanted it.
    #[error("PostgreSQL was stopped while it started")]
    StoppedWhileStarting,
    /// Processes of an earlier server do not end.
    #[error("a PostgreSQL left behind on {} does not end (process {pid})", folder.display())]
    LeftoverStays {
        /// The cluster.
        folder: PathBuf,
        /// One process that stays.
        pid: u32,
    },
    /// A name that is no plain identifier.
    #[error(
        "a database name has lower-case letters, digits and underscores and begins with a letter, unlike `{name}`"
    )]
    DatabaseName {
        /// The name.
        name: String,
    },
    /// A database could not be made.
    #[error("the database {name} could not be made")]
    Database {
        /// Its name.
        name: String,
        /// What the server says.
        source: sqlx::Error,
    },
    /// The thread that owns the server is gone.
    #[error("the thread that runs PostgreSQL has ended")]
    SupervisorGone,
}

impl EmbeddedError {
    /// For `map_err` on everything that touches a file.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
