//! Storing what happened in memory, while more of it happens.
//!
//! A save has the connection for itself, and the tenure goes on without it: an order must not wait while
//! the states of a hundred others are written. Whoever needs the connection waits for the save to end.

use std::time::Duration;

use chrono::{DateTime, Utc};
use event_store::Position;
use tokio::{task::JoinError, time::Instant};

use super::Tenure;
use crate::{
    error::ProcessError,
    runner::{follows::Follows, react::Unsaved},
    store::{DueIn, Save, Store, Timer},
};

/// A save is not begun before so many times what the last one took have passed: storing may take a
/// tenth of the time, and the more there is to store, the more goes into one save.
const REST_FACTOR: u32 = 9;

/// After a save that took longer, as after a restart of the server, it is not rested longer for that.
const LONGEST: Duration = Duration::from_millis(50);

/// A save that is under way.
pub(super) struct Saving {
    asked: Instant,
    /// The checkpoint that it moves to.
    position: Position,
    /// When the timers that it sets were set and are due.
    timers: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// How much it stores, as [`Unsaved::len`] counts.
    pub(super) len: usize,
}

/// The connection comes back with the time of the database.
pub(super) type Saved = Result<(Store, DateTime<Utc>), ProcessError>;

impl<M: Follows> Tenure<M> {
    pub(super) fn save_within(&mut self, time: Duration) {
        let at = Instant::now() + time;
        self.save_at = Some(self.save_at.map_or(at, |earlier| earlier.min(at)));
    }

    /// The connection, as soon as nothing is being stored.
    pub(super) async fn store(&mut self) -> Result<&mut Store, ProcessError> {
        self.saved().await?;
        self.store.as_mut().ok_or(ProcessError::Panicked)
    }

    /// Stores everything that is not stored yet, and moves the checkpoint.
    pub(super) async fn save(&mut self) -> Result<(), ProcessError> {
        self.begin_save(false).await?;
        self.saved().await
    }

    /// The same, and it is on the disk when it returns.
    pub(super) async fn save_durably(&mut self) -> Result<(), ProcessError> {
        self.begin_save(true).await?;
        self.saved().await
    }

    /// Begins to store everything that is not stored yet.
    pub(super) async fn begin_save(&mut self, durably: bool) -> Result<(), ProcessError> {
        self.saved().await?;
        self.save_at = None;
        let len = self.unsaved.len();
        if len == 0 && self.saved == self.position {
            return Ok(());
        }
        let processes = self.states.take_unsaved()?;
        let Unsaved {
            outgoing,
            done,
            timers,
            ..
        } = std::mem::take(&mut self.unsaved);
        let (mut timers_set, mut timers_dropped) = (Vec::new(), Vec::new());
        for (key, timer) in timers {
            match timer {
                Some(timer) => timers_set.push(timer),
                None => timers_dropped.push(key),
            }
        }
        let mut store = self.store.take().ok_or(ProcessError::Panicked)?;
        self.saving = Some(Saving {
            asked: Instant::now(),
            position: self.position,
            timers: timers_set
                .iter()
                .map(|timer| (timer.set_at, timer.due_at))
                .collect(),
            len,
        });
        let save = Save {
            expected: self.saved,
            position: self.position,
            processes,
            outgoing: outgoing.into_values().collect(),
            done,
            timers_set,
            timers_dropped,
        };
        self.writing.spawn(async move {
            let now = if durably {
                store.save_durably(&save).await?
            } else {
                store.save(&save).await?
            };
            Ok((store, now))
        });
        Ok(())
    }

    /// Waits until nothing is being stored.
    pub(super) async fn saved(&mut self) -> Result<(), ProcessError> {
        match self.writing.join_next().await {
            Some(saved) => self.end_save(saved),
            None => Ok(()),
        }
    }

    pub(super) fn end_save(&mut self, saved: Result<Saved, JoinError>) -> Result<(), ProcessError> {
        let (store, now) = saved.map_err(|_| ProcessError::Panicked)??;
        self.store = Some(store);
        if let Some(saving) = self.saving.take() {
            self.contact = saving.asked;
            let took = saving.asked.elapsed().min(LONGEST);
            self.rests_until = Instant::now() + took * REST_FACTOR;
            self.saved = saving.position;
            let ring = |(set_at, due_at)| Timer::rings_at(set_at, due_at, now);
            let earliest = saving.timers.into_iter().map(ring).min();
            self.ring_by(earliest.map(|rings_at| DueIn::new(rings_at, now)));
        }
        Ok(())
    }
}
