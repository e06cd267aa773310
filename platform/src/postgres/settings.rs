//! The server's settings, for a small machine that may lose power at any moment.

use std::{fs, io, path::Path};

use super::{EmbeddedError, layout::Layout, private_dir, socket};

/// Whether what is written must survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Yes: everything a shop ever writes.
    Kept,
    /// No: a test throws it away a moment later.
    ThrownAway,
}

const HEADER: &str = "\
# Written by Souk at every start. Your own settings go into local.conf beside this
# file: they are added at the end, so they win, and Souk never writes that file.
";

const FOR_EVERYBODY: &str = "\
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
wal_compression = on

# Queries are short: compiling them costs more than it saves.
jit = off
# The disks of today seek nearly as fast as they read on.
random_page_cost = 1.1

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] %q%a@%d '
";

const KEPT: &str = "
# A command is answered when its events are on the disk, and not before.
fsync = on
synchronous_commit = on
full_page_writes = on
max_wal_size = '2GB'
# After a crash the server ends, and its supervisor starts it again. If the server recovered on its own, it would
# retry several times a second for as long as the cause lasts, and the supervisor would take it for healthy.
restart_after_crash = off
# The keys of commands come in no order: what is written all the time should fit. Only what is used
# takes memory.
shared_buffers = '256MB'
# Pages that nobody uses are written by the server itself in time, and not by whoever needs their place: the log's
# writer would do so while everybody waits for it.
bgwriter_delay = '20ms'
bgwriter_lru_maxpages = 1000
bgwriter_lru_multiplier = 4

# One file a weekday, overwritten a week later.
logging_collector = on
log_filename = 'postgresql-%a.log'
log_rotation_age = '1d'
log_rotation_size = 0
log_truncate_on_rotation = on
log_file_mode = 0600
log_min_duration_statement = '1s'
log_checkpoints = off
";

const THROWN_AWAY: &str = "
shared_buffers = '64MB'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
";

/// Only who can open the folder of the socket can connect at all. The user that owns everything needs no
/// password, since who gets that far owns the files too; any other login has one.
const HOST_RULES: &str = "\
# Written by Souk at every start. The folder of the socket lets in the right people.
local  all          souk  trust
local  replication  souk  trust
local  all          all   scram-sha-256
";

/// Writes the settings beside the cluster.
pub(crate) fn write(
    layout: &Layout,
    socket_folder: &Path,
    durability: Durability,
) -> Result<(), EmbeddedError> {
    let own = match durability {
        Durability::Kept => KEPT,
        Durability::ThrownAway => THROWN_AWAY,
    };
    let local = local_settings(&layout.local_settings)?;
    // What initdb found out about the machine, such as the kind of shared memory that works.
    let found_out = quoted(&text_of(&layout.cluster.join("postgresql.conf"))?);
    let port = socket::PORT;
    let socket_folders = quoted(&listed(&text_of(socket_folder)?));
    let log_folder = quoted(&text_of(&layout.log)?);
    let host_rules = quoted(&text_of(&layout.host_rules)?);
    let text = format!(
        "{HEADER}
include = {found_out}

port = {port}
unix_socket_directories = {socket_folders}
log_directory = {log_folder}
hba_file = {host_rules}
{FOR_EVERYBODY}{own}
{local}"
    );
    private_dir::write_readable(&layout.settings, &text)?;
    private_dir::write_readable(&layout.host_rules, HOST_RULES)
}

/// The operator's own settings. They are copied and not included, because the server's
/// user may not be allowed to read what root wrote.
fn local_settings(path: &Path) -> Result<String, EmbeddedError> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        found => found.map_err(EmbeddedError::file("read", path)),
    }
}

fn text_of(path: &Path) -> Result<String, EmbeddedError> {
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| EmbeddedError::NotText {
            path: path.to_owned(),
        })
}

/// One element of a comma-separated list of names.
fn listed(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// One string of a settings file.
fn quoted(value: &str) -> String {
    format!(
        "'{}'",
        value
            .replace('\\', "\\\\")
            .replace('\'', "''")
            .replace('\n', "\\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_of_everything_needs_no_password() {
        let trusted = HOST_RULES.lines().filter(|line| line.ends_with("trust"));
        let users: Vec<_> = trusted
            .filter_map(|line| line.split_whitespace().nth(2))
            .collect();
        assert_eq!(users, [socket::SUPERUSER, socket::SUPERUSER]);
    }

    #[test]
    fn odd_paths_are_quoted() {
        assert_eq!(quoted(r"it's a\path"), r"'it''s a\\path'");
        assert_eq!(listed("a,b \"c\""), "\"a,b \"\"c\"\"\"");
    }
}
