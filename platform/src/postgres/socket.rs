//! Where the server's Unix socket lies.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::{EmbeddedError, identity::ServerUser, layout::Layout, private_dir};

/// The port is only the end of the socket's name, so it cannot collide with anything.
pub(crate) const PORT: u16 = 5432;

/// The user that owns everything inside the cluster.
pub(crate) const SUPERUSER: &str = "souk";

/// `sockaddr_un` has room for 108 bytes on Linux and 104 elsewhere, one of them the final zero.
const MAX_SOCKET_PATH_BYTES: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Where sockets go whose own folder has too long a name.
const SHORT_FOLDER: &str = "/tmp";

/// The folder of the socket.
#[derive(Debug, Clone)]
pub(crate) struct SocketFolder {
    path: PathBuf,
    /// Whether it lies outside the data folder and must be cleared away.
    elsewhere: bool,
}

impl SocketFolder {
    /// Inside the data folder if the name fits, else a private folder with a short name.
    pub(crate) fn make(layout: &Layout, user: &ServerUser) -> Result<Self, EmbeddedError> {
        let folder = Self::find(layout)?;
        private_dir::make_for(user, &folder.path)?;
        Ok(folder)
    }

    /// The folder that [`SocketFolder::make`] makes, whether or not it is there.
    pub(crate) fn find(layout: &Layout) -> Result<Self, EmbeddedError> {
        Ok(if fits(&layout.run) {
            Self {
                path: layout.run.clone(),
                elsewhere: false,
            }
        } else {
            Self {
                path: short_folder(&layout.home)?,
                elsewhere: true,
            }
        })
    }

    /// Whether a server has put its socket there.
    pub(crate) fn is_open(&self) -> bool {
        self.path.join(socket_name()).exists()
    }

    /// The lock file of the socket. PostgreSQL believes the number in it: after a power cut it may be that of any
    /// process, and then no server starts.
    ///
    /// The socket itself stays until the next server replaces it: whoever connects meanwhile is refused and tries
    /// again, where one that is not there would be an error.
    pub(crate) fn lock_file(&self) -> PathBuf {
        self.path.join(format!("{}.lock", socket_name()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what the data folder does not hold. A rest does no harm: it is used again.
    pub(crate) fn clear_away(&self) {
        if self.elsewhere
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::debug!(%error, folder = %self.path.display(), "the folder of the socket stays");
        }
    }

    /// How the driver connects.
    pub(crate) fn connect_options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.path)
            .port(PORT)
            .username(SUPERUSER)
            .database(database)
            .ssl_mode(PgSslMode::Disable)
    }

    /// A URL that `psql` and every other libpq program understands.
    pub(crate) fn url(&self, database: &str) -> String {
        let host = percent_encoded(&self.path);
        format!("postgresql:///{database}?host={host}&port={PORT}&user={SUPERUSER}")
    }

    /// A command for a person.
    pub(crate) fn psql(&self, database: &str) -> String {
        format!("psql '{}'", self.url(database))
    }
}

fn socket_name() -> String {
    format!(".s.PGSQL.{PORT}")
}

fn fits(folder: &Path) -> bool {
    folder.join(socket_name()).as_os_str().len() <= MAX_SOCKET_PATH_BYTES
}

/// The same folder gets the same name at every start, and no two folders share one.
fn short_folder(home: &Path) -> Result<PathBuf, EmbeddedError> {
    let found = fs::metadata(home).map_err(EmbeddedError::file("look at", home))?;
    Ok(Path::new(SHORT_FOLDER).join(format!("souk-{:x}-{:x}", found.dev(), found.ino())))
}

pub(super) fn percent_encoded(path: &Path) -> String {
    let mut encoded = String::new();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(char::from(*byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_survives_spaces_and_quotes() {
        let folder = SocketFolder {
            path: PathBuf::from("/srv/it's my shop/run"),
            elsewhere: false,
        };
        assert_eq!(
            folder.url("souk"),
            "postgresql:///souk?host=/srv/it%27s%20my%20shop/run&port=5432&user=souk"
        );
        let parsed: PgConnectOptions = folder.url("souk").parse().unwrap();
        assert_eq!(parsed.get_socket().map(PathBuf::as_path), Some(folder.path()));
    }

    #[test]
    fn the_limit_counts_the_name_of_the_socket() {
        let longest = MAX_SOCKET_PATH_BYTES - "/.s.PGSQL.5432".len();
        assert!(fits(Path::new(&format!("/{}", "x".repeat(longest - 1)))));
        assert!(!fits(Path::new(&format!("/{}", "x".repeat(longest)))));
    }
}
