//! Reaching a server that another process runs.

use std::path::Path;

use sqlx::postgres::PgConnectOptions;

use super::{EmbeddedError, layout::Layout, socket::SocketFolder};

/// How to connect to the server that another process runs on a data folder, or nothing when none runs.
///
/// This is how a command line works beside `souk up`: the folder's lock belongs to that process, and
/// its server's socket lies where the folder says.
///
/// # Errors
///
/// When the folder cannot be looked at.
pub fn running_server(data_dir: &Path, database: &str) -> Result<Option<PgConnectOptions>, EmbeddedError> {
    if !data_dir.exists() {
        return Ok(None);
    }
    let socket = SocketFolder::find(&Layout::new(data_dir)?)?;
    Ok(socket.is_open().then(|| socket.connect_options(database)))
}
