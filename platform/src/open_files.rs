//! How many files the process may have open.
//!
//! Systems commonly start a process with 1,024 and allow it many more. Every connection of a client, to
//! PostgreSQL and every file of a search index is one, so the limit is raised at the start, and clients
//! get what the process itself does not need.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are kept for the process itself: connections to PostgreSQL (three pools of up to 50), the
/// segments of the search index while it merges, the log, and what the libraries open.
pub const FILES_FOR_THE_INSIDE: u64 = 512;

/// More than Souk needs. A limit of a billion files makes programs that it starts close each of them.
const ENOUGH_FILES: u64 = 16_384;

/// Raises the limit of open files as far as the system allows, and gives the number that clients may use.
///
/// A limit that cannot be raised is kept and logged.
pub fn raise_limit() -> u64 {
    let found = getrlimit(Resource::Nofile);
    let current = found.current.unwrap_or(u64::MAX);
    let wanted = found
        .maximum
        .map_or(ENOUGH_FILES, |maximum| maximum.min(ENOUGH_FILES));
    let limit = if wanted > current {
        raise(&found, wanted)
    } else {
        current
    };
    for_clients(limit)
}

fn raise(found: &Rlimit, wanted: u64) -> u64 {
    let raised = Rlimit {
        current: Some(wanted),
        maximum: found.maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => wanted,
        Err(error) => {
            let limit = found.current.unwrap_or(u64::MAX);
            tracing::warn!(%error, limit, "the limit of open files cannot be raised");
            limit
        }
    }
}

/// What remains for clients. With few files in all they get half of them.
fn for_clients(limit: u64) -> u64 {
    limit.saturating_sub(FILES_FOR_THE_INSIDE).max(limit / 2).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_for_the_inside() {
        assert_eq!(for_clients(16_384), 16_384 - FILES_FOR_THE_INSIDE);
        assert_eq!(for_clients(1_024), 512);
        assert_eq!(for_clients(256), 128);
        assert_eq!(for_clients(0), 1);
    }

    #[test]
    fn raising_the_limit_never_lowers_it() {
        let before = getrlimit(Resource::Nofile).current;
        let clients = raise_limit();
        let after = getrlimit(Resource::Nofile).current;
        let number = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
        assert!(number(after) >= number(before));
        assert!(clients < number(after));
    }
}
