//! A private PostgreSQL cluster inside the data folder, for whoever has no server.
//!
//! ```text
//! DIR/                    the data folder
//!   souk.lock             who works on it
//!   postgres/
//!     data/               the cluster; it appears complete, by a rename
//!     data.new/           a cluster being made; whatever is left of one is made again
//!     run/                the Unix socket
//!     log/                the server's log, one file a weekday, overwritten a week later
//!     postgresql.conf     written at every start; it ends with local.conf
//!     local.conf          an operator's own settings, never written by Souk
//! ```
//!
//! The server listens on its Unix socket alone, never on TCP: there is no port to
//! collide with, no password to keep, and the folder of the socket (mode 0700) lets in
//! nobody but the server's own user and root. Tools reach it through the line that
//! [`EmbeddedPostgres::psql`] gives.
//!
//! PostgreSQL refuses to run as root, so root's server runs as the owner of the cluster:
//! `postgres` if there is such a user, else `nobody`.
//!
//! A thread of its own starts the server, restarts it when it dies and stops it. It is
//! a thread and not a task because Linux ties "end with your parent" to the parent's
//! *thread*, and because the tests of one process share a server across runtimes.
//!
//! Invariant: nothing is correct only because the server ends with its parent. Whatever
//! is found running on the folder is ended before a server starts on it.

mod binaries;
mod cluster;
mod embedded;
mod error;
mod identity;
mod launcher;
mod layout;
mod leftovers;
pub mod line;
mod private_dir;
mod restarts;
mod running;
pub mod scratch;
mod settings;
mod socket;
mod supervisor;
mod url;

pub use binaries::MIN_MAJOR_VERSION;
pub use embedded::{EmbeddedOptions, EmbeddedPostgres};
pub use error::EmbeddedError;
pub use running::running_server;
pub use supervisor::ServerState;
pub use url::url_for;
