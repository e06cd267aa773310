//! When a server that died is started again, and when it is given up.
//!
//! Whatever killed it may still be there: a full disk, a process that kills it. So each further restart within
//! a minute waits twice as long as the one before. A full disk is not counted against the server: somebody makes
//! room sooner or later, and giving up would only add a second outage to the first. Nor is the crash of one of its
//! processes: the server was well before, and is after it has recovered.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use crate::disk;

/// A server that dies more often than this within [`RESTART_WINDOW`] will not live, so it is given up.
const MAX_RESTARTS: usize = 5;

/// The time in which restarts are counted.
const RESTART_WINDOW: Duration = Duration::from_secs(60);

/// The wait before the second restart within the window; the first one comes at once.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest wait. Room on a full disk is used this soon.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// With less room than this the write-ahead log may not grow: it does so by files of 16 MiB, and one
/// is written while another is made.
const ROOM_BYTES: u64 = 32 * 1_024 * 1_024;

/// What the server writes into its log when the system gives it no more room, whatever its language: its own
/// messages are in English by our settings, and these are the system's.
const NO_ROOM: [&str; 3] = ["No space left on device", "Disk quota exceeded", "File too large"];

/// What a death of the server says of its next life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// There was no room on the disk.
    NoRoom,
    /// One of its processes crashed after it had started, so it ended in order to recover.
    Crash,
    /// Anything else.
    Other,
}

/// The restarts so far.
#[derive(Default)]
pub(super) struct Restarts {
    pub(super) total: u64,
    recent: Vec<(Instant, Cause)>,
}

impl Restarts {
    /// How long to wait before the next restart.
    ///
    /// # Errors
    ///
    /// When the server has died too often. Neither a full disk nor a crash of one of its processes counts: both are
    /// got over, whereas an end is one more outage.
    pub(super) fn next(&mut self, now: Instant, cause: Cause) -> Result<Duration, String> {
        self.recent
            .retain(|(earlier, _)| now.duration_since(*earlier) < RESTART_WINDOW);
        self.total += 1;
        let alike = self.recent.iter().filter(|(_, other)| *other == cause).count();
        if cause == Cause::Other && alike >= MAX_RESTARTS {
            return Err(format!(
                "it ended more than {MAX_RESTARTS} times in {} s",
                RESTART_WINDOW.as_secs()
            ));
        }
        self.recent.push((now, cause));
        // A disk that is full now is full a moment later.
        let before = alike + usize::from(cause == Cause::NoRoom);
        Ok(pause(u32::try_from(before).unwrap_or(u32::MAX)))
    }
}

/// Nothing before the first, then twice as long each time.
fn pause(before: u32) -> Duration {
    let Some(doublings) = before.checked_sub(1) else {
        return Duration::ZERO;
    };
    let factor = 2_u32.saturating_pow(doublings);
    FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE)
}

/// Whether the server died, or cannot start, because the disk of its cluster is full.
pub(super) fn is_full(cluster: &Path, end_of_log: &str) -> bool {
    let has_no_room = disk::room(cluster).is_ok_and(|room| room.free_bytes < ROOM_BYTES);
    has_no_room || NO_ROOM.iter().any(|message| end_of_log.contains(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_keeps_dying_is_given_up_after_longer_and_longer_pauses() {
        let mut restarts = Restarts::default();
        let now = Instant::now();
        let pauses: Vec<Duration> = (0..MAX_RESTARTS)
            .map(|_| restarts.next(now, Cause::Other).unwrap())
            .collect();
        let in_ms: Vec<u128> = pauses.iter().map(Duration::as_millis).collect();
        assert_eq!(in_ms, [0, 500, 1_000, 2_000, 4_000]);
        assert_eq!(
            restarts.next(now, Cause::Other).unwrap_err(),
            "it ended more than 5 times in 60 s"
        );
        let first = restarts.next(now + RESTART_WINDOW, Cause::Other).unwrap();
        assert_eq!(first, Duration::ZERO);
    }

    #[test]
    fn a_server_without_room_is_never_given_up() {
        let mut restarts = Restarts::default();
        let now = Instant::now();
        for _ in 0..1_000 {
            let pause = restarts.next(now, Cause::NoRoom).unwrap();
            assert!((FIRST_PAUSE..=LONGEST_PAUSE).contains(&pause), "{pause:?}");
        }
        assert_eq!(restarts.next(now, Cause::Other).unwrap(), Duration::ZERO);
    }

    #[test]
    fn a_server_whose_processes_crash_is_never_given_up_and_waits_longer_and_longer() {
        let mut restarts = Restarts::default();
        let now = Instant::now();
        for pause_ms in [0, 500, 1_000, 2_000, 4_000, 5_000, 5_000] {
            let pause = restarts.next(now, Cause::Crash).unwrap();
            assert_eq!(pause.as_millis(), pause_ms);
        }
        let later = restarts.next(now + RESTART_WINDOW, Cause::Crash).unwrap();
        assert_eq!(later, Duration::ZERO);
    }

    #[test]
    fn a_full_disk_is_known_by_the_words_of_the_server() {
        let here = Path::new("/");
        let panic = "PANIC:  could not write to file \"pg_wal/xlogtemp.41\": No space left on device";
        assert!(is_full(here, panic));
        assert!(!is_full(here, "LOG:  database system was interrupted"));
    }
}
