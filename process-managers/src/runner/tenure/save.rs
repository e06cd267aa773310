//! Storing what happened in memory.

use std::time::Duration;

use tokio::time::Instant;

use super::Tenure;
use crate::{
    error::ProcessError,
    runner::{follows::Follows, react::Unsaved},
    store::{DueIn, Save},
};

impl<M: Follows> Tenure<M> {
    pub(super) fn save_within(&mut self, time: Duration) {
        let at = Instant::now() + time;
        self.save_at = Some(self.save_at.map_or(at, |earlier| earlier.min(at)));
    }

    /// Stores everything that is not stored yet, and moves the checkpoint.
    pub(super) async fn save(&mut self) -> Result<(), ProcessError> {
        self.store_unsaved(false).await
    }

    /// The same, and it is on the disk when it returns.
    pub(super) async fn save_durably(&mut self) -> Result<(), ProcessError> {
        self.store_unsaved(true).await
    }

    async fn store_unsaved(&mut self, durably: bool) -> Result<(), ProcessError> {
        if self.unsaved.len() == 0 && self.saved == self.position {
            self.save_at = None;
            return Ok(());
        }
        let processes = self.states.unsaved()?;
        let Unsaved {
            outgoing,
            done,
            timers,
            ..
        } = std::mem::take(&mut self.unsaved);
        let outgoing: Vec<_> = outgoing.into_values().collect();
        let (mut timers_set, mut timers_dropped) = (Vec::new(), Vec::new());
        for (key, timer) in timers {
            match timer {
                Some(timer) => timers_set.push(timer),
                None => timers_dropped.push(key),
            }
        }
        let save = Save {
            expected: self.saved,
            position: self.position,
            processes: &processes,
            outgoing: &outgoing,
            done: &done,
            timers_set: &timers_set,
            timers_dropped: &timers_dropped,
        };
        let asked = Instant::now();
        let now = if durably {
            self.store.save_durably(&save).await?
        } else {
            self.store.save(&save).await?
        };
        self.contact = asked;
        self.saved = self.position;
        self.save_at = None;
        self.states.saved();
        let earliest = timers_set.iter().map(|timer| timer.due_at).min();
        self.ring_by(earliest.map(|due_at| DueIn::new(due_at, now)));
        Ok(())
    }
}
