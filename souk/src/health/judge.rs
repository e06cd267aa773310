//! What does not get on, by what was found at one look and at those before.
//!
//! Whatever is behind the log for a moment is at work. It stands still when its position has not moved for
//! [`PATIENCE`]. That is measured by the clock of this process between two looks, so it holds whatever the clocks
//! of other machines say.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use platform::disk::Room;
use process_managers::inspect::ManagerProgress;
use projections::{GenerationState, GenerationStatus, registry};

use super::report::{DiskFound, LogFound, ManagerFound, ReadModelFound};

/// How long something may be behind without a step, and how long something due may wait.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// With less room than this a disk is nearly full: the write-ahead log alone may grow by so much in a minute.
const MIN_FREE_BYTES: u64 = 512 * 1_024 * 1_024;

/// So far the log may be ahead of the clock, which is set right by small steps all the time.
const AHEAD_SECONDS: f64 = 2.0;

/// Remembers since when each follower is where it is.
#[derive(Default)]
pub(super) struct Judge {
    followers: HashMap<String, Since>,
    /// What every look says, a sentence each.
    pub(super) troubles: Vec<String>,
}

struct Since {
    /// Position, heartbeat and whatever else moves while it is at work.
    mark: (i64, i64),
    at: Instant,
}

impl Judge {
    /// Begins a look.
    pub(super) fn begin(&mut self) {
        self.troubles.clear();
    }

    /// How long a follower's mark has not moved.
    fn unmoved(&mut self, follower: String, mark: (i64, i64), now: Instant) -> Duration {
        let since = self.followers.entry(follower).or_insert(Since { mark, at: now });
        if since.mark != mark {
            *since = Since { mark, at: now };
        }
        now.duration_since(since.at)
    }

    /// A generation that follows the log. The other ones serve nobody.
    pub(super) fn read_model(&mut self, status: &GenerationStatus, now: Instant) -> Option<ReadModelFound> {
        if status.state != GenerationState::Live {
            return None;
        }
        let name = &status.projection;
        let id = format!("{name} {} {}", status.place, status.generation);
        let heartbeat = status.heartbeat_at.map_or(0, |at| at.timestamp_micros());
        let stood = self.unmoved(
            format!("position of {id}"),
            mark(status.position, status.lag_events),
            now,
        );
        let silent = self.unmoved(format!("heartbeat of {id}"), (heartbeat, 0), now);
        let behind = format!(
            "at position {}, {} events behind",
            status.position, status.lag_events
        );
        let trouble = if status.paused {
            Some(format!(
                "the read model {name} is paused by an operator, {behind}"
            ))
        } else if let Some(error) = &status.error {
            Some(format!(
                "the read model {name} stands still {behind}: {}",
                error.reason
            ))
        } else if silent >= PATIENCE {
            Some(format!(
                "no process has worked the read model {name} for {} s; it is {behind}",
                silent.as_secs()
            ))
        } else if status.lag_events > 0 && stood >= PATIENCE {
            Some(format!(
                "the read model {name} has not moved for {} s; it is {behind}",
                stood.as_secs()
            ))
        } else {
            None
        };
        let gets_on = trouble.is_none();
        self.troubles.extend(trouble);
        Some(ReadModelFound::new(status, gets_on))
    }

    /// Read models that nobody can read yet.
    pub(super) fn not_built(&mut self, found: &[ReadModelFound], has_index: bool) {
        for model in registry() {
            let is_expected = model.ddl.is_some() || has_index;
            if is_expected && !found.iter().any(|found| found.name == model.name) {
                let name = model.name;
                self.troubles
                    .push(format!("the read model {name} is not built yet"));
            }
        }
    }

    pub(super) fn manager(&mut self, progress: ManagerProgress, now: Instant) -> ManagerFound {
        let name = progress.manager.clone();
        let lag_events = progress.head.saturating_sub(progress.position).max(0);
        let stood = self.unmoved(
            format!("position of {name}"),
            mark(progress.position, lag_events),
            now,
        );
        let is_worked = (i64::from(progress.is_worked), 0);
        let unworked = self.unmoved(format!("lock of {name}"), is_worked, now);
        let before = self.troubles.len();
        let mut trouble = |text: String| self.troubles.push(format!("the process manager {name} {text}"));
        if !progress.is_worked && unworked >= PATIENCE {
            trouble(format!(
                "has been worked by no process for {} s",
                unworked.as_secs()
            ));
        } else if lag_events > 0 && stood >= PATIENCE {
            trouble(format!(
                "has not moved for {} s; it is at position {}, {lag_events} events behind",
                stood.as_secs(),
                progress.position
            ));
        }
        if progress.overdue_timers > 0 {
            trouble(format!(
                "has {} timers that should have rung",
                progress.overdue_timers
            ));
        }
        if progress.overdue_actions > 0 {
            trouble(format!(
                "has {} actions that should have been retried",
                progress.overdue_actions
            ));
        }
        if progress.parked_actions > 0 {
            trouble(format!(
                "has parked {} actions for an operator (`souk processes list --parked`)",
                progress.parked_actions
            ));
        }
        ManagerFound {
            gets_on: self.troubles.len() == before,
            lag_events,
            progress,
        }
    }

    /// The log's time never goes back. After a wrong clock it stands still until the clock has caught up.
    pub(super) fn log(&mut self, log: LogFound) {
        if log.seconds_ahead_of_clock > AHEAD_SECONDS {
            self.troubles.push(format!(
                "the time of the log is {:.0} s ahead of the database's clock: events are recorded with one and \
                 the same time until the clock has caught up; timers ring by the clock",
                log.seconds_ahead_of_clock
            ));
        }
    }

    pub(super) fn disk(&mut self, room: Room) -> DiskFound {
        let has_room = room.free_bytes >= MIN_FREE_BYTES;
        if !has_room {
            let mebibytes = room.free_bytes / (1_024 * 1_024);
            self.troubles.push(format!(
                "the disk of the data folder has only {mebibytes} MiB left"
            ));
        }
        DiskFound::new(room, has_room)
    }
}

/// Where a follower is, and whether it has anything to do. Without that it stands still for as long as nothing
/// happens, so only the time since there was something counts.
fn mark(position: i64, lag_events: i64) -> (i64, i64) {
    (position, i64::from(lag_events > 0))
}

#[cfg(test)]
mod tests;
