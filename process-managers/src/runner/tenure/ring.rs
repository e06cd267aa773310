//! Timers: sleeping until the next one, and letting it ring.

use std::sync::Arc;

use tokio::time::Instant;

use super::Tenure;
use crate::{
    error::ProcessError,
    identity::Cause,
    runner::{follows::Follows, react::Origin},
    store::{DueIn, Outgoing, Timer},
};

impl<M: Follows> Tenure<M> {
    /// Lets the timers ring that are due.
    pub(super) async fn ring(&mut self) -> Result<(), ProcessError> {
        // Their processes and they themselves are as they are stored from here on.
        self.save().await?;
        let limit = self.manager.options.batch_events;
        let due = self.store().await?.due_timers(limit).await?;
        let missing = due.iter().map(|timer| timer.process_id.as_str());
        let missing = missing
            .filter(|process_id| !self.states.knows(process_id))
            .collect();
        self.load_all(missing).await?;
        let mut outgoing = Vec::new();
        for timer in &due {
            outgoing.extend(self.rang(timer)?);
        }
        if !due.is_empty() {
            self.save_durably().await?;
        }
        for action in outgoing {
            self.send(action);
        }
        let next = self.store().await?.next_timer().await?;
        self.ring_at = None;
        self.ring_by(next);
        Ok(())
    }

    fn rang(&mut self, timer: &Timer) -> Result<Vec<Arc<Outgoing>>, ProcessError> {
        let Timer {
            process_id,
            name,
            due_at,
            position,
            metadata,
            ..
        } = timer;
        self.unsaved.cancel(process_id, *name, true);
        self.unsaved.reactions += 1;
        // A process that was forgotten has nothing to be woken for.
        if !self.states.knows(process_id) {
            return Ok(Vec::new());
        }
        tracing::debug!(process.manager = M::NAME, process.id = process_id, timer = %name, "a timer rings");
        let actions = self
            .states
            .change(process_id)
            .state
            .timer(process_id, *name, *due_at);
        let origin = Origin {
            process_id,
            cause: Cause::Timer {
                process_id,
                name: *name,
                due_at: *due_at,
            },
            position: *position,
            at: *due_at,
            metadata,
        };
        self.unsaved.sort::<M>(&origin, true, actions)
    }

    /// The runner sleeps until the next timer, or until one that is due earlier is set.
    pub(super) fn ring_by(&mut self, next: Option<DueIn>) {
        let Some(DueIn { rings_at, wait }) = next else {
            return;
        };
        let at = (Instant::now() + wait).max(self.quiet_until);
        if self.ring_at.is_none_or(|(earlier, _)| at < earlier) {
            self.ring_at = Some((at, rings_at));
        }
    }
}
