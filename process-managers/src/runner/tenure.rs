//! One tenure of a process manager: from taking the lock to losing it.
//!
//! ```text
//! reader task ──page──► react ──► save (one statement) ──► send tasks, in parallel
//!                         ▲                                     │
//!                         └───── done: deleted with the next save ┘
//! ```
//!
//! The next page is read while this one is worked on, and it is worked on while the actions of this
//! one are still being sent.

use std::{collections::HashMap, sync::Arc, time::Duration};

use event_store::{Position, ReadError, RecordedEvent, Subscription};
use moka::sync::Cache;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior},
};

use super::{
    Manager,
    batch::{self, Reactions, Routed},
    follows::Follows,
    send::{Outcome, Sender, Sent},
};
use crate::{
    error::ProcessError,
    identity::ActionId,
    store::{Outgoing, Save, Store, StoredAction, Trouble},
};

/// How long what is done may stay in the outbox when no batch comes by to clear it.
const LINGER: Duration = Duration::from_millis(50);

/// How many pages are read ahead.
const PAGES_AHEAD: usize = 1;

type Page = Result<Vec<RecordedEvent>, ReadError>;

/// A process manager at work.
pub(super) struct Tenure<M> {
    manager: Arc<Manager<M>>,
    store: Store,
    sender: Arc<Sender>,
    sending: JoinSet<Sent>,
    /// Actions that were done and are still in the outbox.
    done: Vec<ActionId>,
    /// The newest event that was reacted to.
    position: Position,
    /// The checkpoint. It may stay behind for a moment while events pass that concern no process.
    saved: Position,
    /// When `done` and `saved` are brought up to date at the latest.
    flush_at: Option<Instant>,
    /// The states of processes as they are stored. Nobody else writes them during a tenure.
    states: Cache<String, M>,
}

impl<M: Follows> Tenure<M> {
    /// Waits for the lock, and then works until cancelled.
    pub(super) async fn serve(manager: Arc<Manager<M>>) -> Result<(), ProcessError> {
        let mut store = Store::open(&manager.wiring.pool, M::NAME).await?;
        while !store.try_lock().await? {
            manager.status.send_modify(|status| status.last_error = None);
            tokio::select! {
                () = manager.cancellation.cancelled() => return Ok(()),
                () = tokio::time::sleep(manager.options.poll) => {}
            }
        }
        let position = store.checkpoint().await?;
        tracing::info!(
            process.manager = M::NAME,
            log.position = position,
            "a process manager works here"
        );
        let sender = Sender::new(&manager.wiring, &manager.options, manager.cancellation.clone());
        let mut tenure = Self {
            states: Cache::new(manager.options.cached_processes),
            manager,
            store,
            sender: Arc::new(sender),
            sending: JoinSet::new(),
            done: Vec::new(),
            position,
            saved: position,
            flush_at: None,
        };
        tenure.send_abandoned().await?;
        tenure.look_around().await?;
        tenure
            .manager
            .status
            .send_modify(|status| (status.active, status.last_error) = (true, None));
        tenure.work().await?;
        tenure.finish().await
    }

    async fn work(&mut self) -> Result<(), ProcessError> {
        let manager = Arc::clone(&self.manager);
        let log = Arc::clone(manager.wiring.bus.log());
        let subscription = Subscription::new(log, self.position, manager.filter.clone());
        let (hand_over, mut pages) = mpsc::channel(PAGES_AHEAD);
        let mut reader = JoinSet::new();
        reader.spawn(read_ahead(subscription, manager.options.batch_events, hand_over));
        let mut poll = tokio::time::interval(manager.options.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let room = self.sending.len() < manager.options.max_in_flight;
            let flush = self.flush_at.unwrap_or_else(Instant::now);
            tokio::select! {
                () = manager.cancellation.cancelled() => return Ok(()),
                page = pages.recv(), if room => match page {
                    Some(page) => self.take(&page?).await?,
                    None => return Err(ProcessError::Panicked),
                },
                Some(sent) = self.sending.join_next() => self.settle(sent).await?,
                () = tokio::time::sleep_until(flush), if self.flush_at.is_some() => self.flush().await?,
                _ = poll.tick() => self.look_around().await?,
            }
            while let Some(sent) = self.sending.try_join_next() {
                self.settle(sent).await?;
            }
            self.tell();
        }
    }

    /// Reacts to a page, stores what came out of it, and only then has it done.
    async fn take(&mut self, page: &[RecordedEvent]) -> Result<(), ProcessError> {
        let Some(last) = page.last() else { return Ok(()) };
        let routed = batch::route::<M>(&self.manager.wiring.decoder, page)?;
        self.position = last.position;
        if routed.is_empty() {
            self.flush_soon();
            return Ok(());
        }
        let states = self.load(&routed).await?;
        let Reactions {
            states,
            reacted,
            outgoing,
        } = batch::react(&routed, states)?;
        let (expected, position, done) = (self.saved, self.position, &self.done);
        self.store
            .save(&Save {
                expected,
                position,
                reacted: &reacted,
                outgoing: &outgoing,
                done,
            })
            .await?;
        self.saved_all();
        for (process_id, state) in states {
            self.states.insert(process_id, state);
        }
        for action in outgoing {
            self.send(action);
        }
        Ok(())
    }

    /// The states of the processes of a page, from memory or else in one query.
    async fn load(&mut self, page: &[Routed<'_>]) -> Result<HashMap<String, M>, ProcessError> {
        let mut states = HashMap::new();
        let mut missing = Vec::new();
        for process_id in batch::processes(page) {
            match self.states.get(process_id) {
                Some(state) => {
                    states.insert(process_id.to_owned(), state);
                }
                None => missing.push(process_id),
            }
        }
        if !missing.is_empty() {
            states.extend(self.store.load(&missing).await?);
        }
        Ok(states)
    }

    fn send(&mut self, action: Outgoing) {
        self.sending.spawn(Arc::clone(&self.sender).send(action));
    }

    /// Sends what the tenure before this one had begun. The keys make a repetition harmless.
    async fn send_abandoned(&mut self) -> Result<(), ProcessError> {
        let limit = self.manager.options.max_in_flight.max(1);
        let mut after = ActionId::NONE;
        loop {
            let page = self.store.abandoned(after, limit).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id();
            self.send_stored(page).await?;
            while self.sending.len() >= limit {
                let Some(sent) = self.sending.join_next().await else {
                    break;
                };
                self.settle(sent).await?;
            }
        }
    }

    async fn send_stored(&mut self, stored: Vec<StoredAction>) -> Result<(), ProcessError> {
        for stored in stored {
            let id = stored.id();
            match stored.read() {
                Ok(action) => self.send(action),
                Err(trouble) => self.store.note(id, &trouble).await?,
            }
        }
        Ok(())
    }

    /// Sends what is due, and counts what does not move.
    async fn look_around(&mut self) -> Result<(), ProcessError> {
        let limit = self
            .manager
            .options
            .max_in_flight
            .saturating_sub(self.sending.len());
        let due = self.store.take_due(limit).await?;
        self.send_stored(due).await?;
        let standing = self.store.standing().await?;
        self.manager.status.send_modify(|status| {
            (status.deferred, status.parked) = (standing.deferred, standing.parked);
            (status.position, status.in_flight) = (self.position, self.sending.len());
        });
        Ok(())
    }

    /// Notes how an action ended.
    async fn settle(&mut self, sent: Result<Sent, tokio::task::JoinError>) -> Result<(), ProcessError> {
        let Sent {
            id,
            process_id,
            key,
            outcome,
        } = sent.map_err(|_| ProcessError::Panicked)?;
        match outcome {
            Outcome::Done => {
                self.done.push(id);
                self.flush_soon();
            }
            Outcome::Left => {}
            Outcome::Troubled(trouble) => {
                self.store.note(id, &trouble).await?;
                let parked = trouble.retry_in.is_none();
                self.manager.status.send_modify(|status| {
                    *(if parked {
                        &mut status.parked
                    } else {
                        &mut status.deferred
                    }) += 1;
                    status.in_flight = self.sending.len();
                });
                let Trouble { reason, attempts, .. } = trouble;
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
        Ok(())
    }

    fn flush_soon(&mut self) {
        self.flush_at.get_or_insert_with(|| Instant::now() + LINGER);
    }

    /// Clears the outbox of what is done and brings the checkpoint up to date.
    async fn flush(&mut self) -> Result<(), ProcessError> {
        let (expected, position, done) = (self.saved, self.position, &self.done);
        self.store
            .save(&Save {
                expected,
                position,
                reacted: &[],
                outgoing: &[],
                done,
            })
            .await?;
        self.saved_all();
        Ok(())
    }

    fn saved_all(&mut self) {
        self.saved = self.position;
        self.done.clear();
        self.flush_at = None;
    }

    /// Position and number change together, or somebody could believe that nothing is under way.
    fn tell(&self) {
        let (position, in_flight) = (self.position, self.sending.len());
        self.manager.status.send_if_modified(|status| {
            let changed = (status.position, status.in_flight) != (position, in_flight);
            (status.position, status.in_flight) = (position, in_flight);
            changed
        });
    }

    /// Lets what was begun end, for a while, and gives the lock away.
    async fn finish(mut self) -> Result<(), ProcessError> {
        let deadline = Instant::now() + self.manager.options.drain;
        while let Ok(Some(sent)) = tokio::time::timeout_at(deadline, self.sending.join_next()).await {
            self.settle(sent).await?;
        }
        self.sending.abort_all();
        self.flush().await?;
        self.store.close().await;
        Ok(())
    }
}

/// Reads pages until nobody takes them any more.
async fn read_ahead(mut subscription: Subscription, limit: usize, hand_over: mpsc::Sender<Page>) {
    loop {
        let page = subscription.next_page(limit).await;
        let failed = page.is_err();
        if hand_over.send(page).await.is_err() || failed {
            return;
        }
    }
}
