//! Actions from the tenure before, and how actions end.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinError;
use uuid::Uuid;

use super::Tenure;
use crate::{
    error::ProcessError,
    runner::{
        follows::Follows,
        send::{Outcome, Sent},
    },
    store::{ActionRef, StoredAction, Trouble},
};

/// How often a copy that waits for its own actions shows that it lives.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

impl<M: Follows> Tenure<M> {
    /// Sends what the tenure before this one had begun. The keys make a repetition harmless.
    pub(super) async fn send_abandoned(&mut self) -> Result<(), ProcessError> {
        let limit = self.manager.options.max_in_flight.max(1);
        let mut after = ActionRef {
            process_id: String::new(),
            key: Uuid::nil(),
        };
        loop {
            let page = self.store().await?.abandoned(&after, limit).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.place();
            self.send_stored(page).await?;
            while self.sending.len() >= limit {
                let Some(sent) = self.next_sent().await? else {
                    break;
                };
                self.settle(sent).await?;
            }
        }
    }

    /// The next action that ends. Meanwhile the connection shows that this copy lives: one that waits would
    /// take the lock from a copy that says nothing.
    pub(super) async fn next_sent(&mut self) -> Result<Option<Result<Sent, JoinError>>, ProcessError> {
        loop {
            match tokio::time::timeout(SIGN_OF_LIFE, self.sending.join_next()).await {
                Ok(sent) => return Ok(sent),
                Err(_elapsed) => self.store().await?.ping().await?,
            }
        }
    }

    pub(super) async fn send_stored(&mut self, stored: Vec<StoredAction>) -> Result<(), ProcessError> {
        for stored in stored {
            let place = stored.place();
            match stored.read() {
                Ok(action) => self.send(Arc::new(action)),
                Err(trouble) => self.store().await?.note(&place, &trouble).await?,
            }
        }
        Ok(())
    }

    /// Notes how an action ended.
    pub(super) async fn settle(&mut self, sent: Result<Sent, JoinError>) -> Result<(), ProcessError> {
        let Sent { place, outcome } = sent.map_err(|_| ProcessError::Panicked)?;
        match outcome {
            Outcome::Done => {
                if self.unsaved.outgoing.remove(&place.key).is_none() {
                    self.unsaved.done.push(place);
                    self.save_within(self.manager.options.save_every);
                }
            }
            Outcome::Left => {}
            Outcome::Troubled(trouble) => {
                if self.unsaved.outgoing.contains_key(&place.key) {
                    self.save().await?;
                }
                self.store().await?.note(&place, &trouble).await?;
                self.troubled(&place, &trouble);
            }
        }
        Ok(())
    }

    fn troubled(&self, place: &ActionRef, trouble: &Trouble) {
        let parked = trouble.retry_in.is_none();
        self.manager.status.send_modify(|status| {
            *(if parked {
                &mut status.parked
            } else {
                &mut status.deferred
            }) += 1;
            status.in_flight = self.sending.len();
        });
        let (Trouble { reason, attempts, .. }, ActionRef { process_id, key }) = (trouble, place);
        if parked {
            tracing::error!(
                process.manager = M::NAME, process.id = process_id, action.key = %key,
                reason, attempts, "an action was parked"
            );
        } else {
            tracing::warn!(
                process.manager = M::NAME, process.id = process_id, action.key = %key,
                reason, attempts, "an action waits for its next try"
            );
        }
    }
}
