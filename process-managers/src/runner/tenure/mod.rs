//! One tenure of a process manager: from taking the lock to losing it.
//!
//! ```text
//! reader task ──page──► react, in memory ──► send tasks, in parallel
//!                             │                    │ done
//!                             └─► now and then ◄───┘
//!                                  save, beside it all: states + what is not done + timers + checkpoint, one statement
//! ```
//!
//! An action is sent before it is stored: a crash before the save has the same events read again, and the
//! same actions sent under the same keys. So an order that takes less than the time between two saves
//! costs one row in all, and no step of it waits for this database but for the log. Two things are *not*
//! in the log and bound what may be sent unsaved:
//! - that this copy is the working one: its lock is known to be held as long as its connection answers,
//!   so after a pause it asks before it goes on. A copy that takes over lets no timer ring before it has
//!   reacted to everything that the one before may have reacted to, which is all that the log held then;
//! - that a timer rang: what follows from it is stored before it is sent.

mod ends;
mod ring;
mod save;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::Event;
use event_store::{Follower, Position, ReadError};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, MissedTickBehavior},
};

use self::save::{Saved, Saving};
use super::{
    Manager,
    follows::Follows,
    react::{self, Origin, Page, Routed, Unsaved},
    send::{Sender, Sent},
    states::States,
};
use crate::{
    error::ProcessError,
    identity::Cause,
    store::{Outgoing, Store, Watch},
};

/// How often a copy that waits looks whether the working one is gone.
const TAKE_OVER: Duration = Duration::from_millis(100);

/// How often a copy that waits looks whether the working one hangs.
const LOOK_FOR_HUNG: Duration = Duration::from_secs(1);

/// How long the checkpoint may stay behind when events pass that concern no process.
const IDLE_SAVE: Duration = Duration::from_secs(1);

/// From how many pages of reactions on a save does not wait for its time: so much is kept in memory, and
/// done again after a crash.
const UNSAVED_PAGES: usize = 8;

/// How many pages are read ahead.
const PAGES_AHEAD: usize = 1;

/// A process manager at work.
pub(super) struct Tenure<M> {
    manager: Arc<Manager<M>>,
    /// Not here while a save has it.
    store: Option<Store>,
    /// At most one save, and what it is.
    writing: JoinSet<Saved>,
    saving: Option<Saving>,
    sender: Arc<Sender>,
    sending: JoinSet<Sent>,
    states: States<M>,
    unsaved: Unsaved,
    /// The newest event that was reacted to.
    position: Position,
    /// The checkpoint.
    saved: Position,
    /// When it is brought up to date.
    save_at: Option<Instant>,
    /// Before this no save is begun that can wait.
    rests_until: Instant,
    /// When the connection answered last.
    contact: Instant,
    /// Before this no timer rings.
    quiet_until: Instant,
    /// Nor before everything up to here was reacted to: the log as it was when this tenure began.
    quiet_to: Position,
    /// When the next timer rings.
    ring_at: Option<(Instant, DateTime<Utc>)>,
    /// When ended processes are forgotten next.
    forget_at: Instant,
}

impl<M: Follows> Tenure<M> {
    /// Waits for the lock, and then works until cancelled.
    pub(super) async fn serve(manager: Arc<Manager<M>>) -> Result<(), ProcessError> {
        let mut store = Store::open(&manager.wiring.pool, M::NAME).await?;
        let mut watch = Watch::new(&manager.wiring.pool, M::NAME);
        let mut look_at = Instant::now() + LOOK_FOR_HUNG;
        while !store.try_lock().await? {
            manager.status.send_modify(|status| status.last_error = None);
            if Instant::now() >= look_at {
                look_at = Instant::now() + LOOK_FOR_HUNG;
                watch.end_hung().await?;
            }
            tokio::select! {
                () = manager.cancellation.cancelled() => return Ok(()),
                () = tokio::time::sleep(TAKE_OVER) => {}
            }
        }
        drop(watch);
        let now = Instant::now();
        let position = store.take_over().await?;
        let quiet_to = manager.wiring.bus.log().head().await?;
        tracing::info!(
            process.manager = M::NAME,
            log.position = position,
            "process manager acquired its lock"
        );
        let sender = Sender::new(&manager, manager.cancellation.clone());
        let quiet_until = now + 2 * manager.options.lease;
        let mut tenure = Self {
            states: States::new(manager.options.cached_processes),
            manager,
            store: Some(store),
            writing: JoinSet::new(),
            saving: None,
            sender: Arc::new(sender),
            sending: JoinSet::new(),
            unsaved: Unsaved::default(),
            position,
            saved: position,
            save_at: None,
            rests_until: now,
            contact: now,
            quiet_until,
            quiet_to,
            ring_at: None,
            forget_at: now,
        };
        let next = tenure.store().await?.next_timer().await?;
        tenure.ring_by(next);
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
        let follower = manager.shared.feed.follow(self.position);
        let (hand_over, mut pages) = mpsc::channel(PAGES_AHEAD);
        let mut reader = JoinSet::new();
        reader.spawn(read_ahead(follower, manager.options.batch_events, hand_over));
        let mut poll = tokio::time::interval(manager.options.poll);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let room = self.sending.len() < manager.options.max_in_flight;
            let save_at = self
                .save_at
                .map_or_else(Instant::now, |at| at.max(self.rests_until));
            let ring_at = self.ring_at.map_or_else(Instant::now, |(at, _)| at);
            let may_ring = self.ring_at.is_some() && room && self.position >= self.quiet_to;
            tokio::select! {
                () = manager.cancellation.cancelled() => return Ok(()),
                page = pages.recv(), if room => match page {
                    Some(page) => self.take(&page?).await?,
                    None => return Err(ProcessError::Panicked),
                },
                Some(sent) = self.sending.join_next() => self.settle(sent).await?,
                Some(saved) = self.writing.join_next() => self.end_save(saved)?,
                () = tokio::time::sleep_until(save_at), if self.save_at.is_some() && self.saving.is_none() => {
                    self.begin_save(false).await?;
                }
                () = tokio::time::sleep_until(ring_at), if may_ring => self.ring().await?,
                // Not while the connection is busy: nobody would react to anything meanwhile.
                _ = poll.tick(), if self.saving.is_none() => self.look_around().await?,
            }
            while let Some(sent) = self.sending.try_join_next() {
                self.settle(sent).await?;
            }
            self.tell();
        }
    }

    /// Reacts to a page and has done what follows.
    async fn take(&mut self, page: &Page) -> Result<(), ProcessError> {
        if self.contact.elapsed() > self.manager.options.lease {
            let store = self.store().await?;
            let asked = Instant::now();
            store.ping().await?;
            self.contact = asked;
        }
        let (routed, position, unreadable) = react::route::<M>(page);
        self.load(&routed).await?;
        for routed in &routed {
            self.react(routed)?;
        }
        self.position = self.position.max(position);
        if let Some(error) = unreadable {
            self.save().await?;
            return Err(error);
        }
        if self.unsaved.len() >= UNSAVED_PAGES * self.manager.options.batch_events {
            return self.begin_save(false).await;
        }
        self.save_within(if routed.is_empty() {
            IDLE_SAVE
        } else {
            self.manager.options.save_every
        });
        Ok(())
    }

    fn react(&mut self, routed: &Routed<'_>) -> Result<(), ProcessError> {
        let Routed {
            shared,
            event,
            process_id,
        } = routed;
        let recorded = &shared.recorded;
        let process = self.states.change(process_id);
        // As exact as the tables are: a timer must ring with the very time that it was set for.
        let recorded_at = recorded.recorded_at.trunc_subsecs(6);
        process.newest = Some((recorded.position, recorded_at));
        let actions = process.state.react(&recorded.aggregate_id, event, recorded_at);
        let stored = process.stored;
        self.unsaved.reactions += 1;
        if actions.is_empty() {
            return Ok(());
        }
        let origin = Origin {
            process_id,
            cause: Cause::Event(recorded.position),
            position: recorded.position,
            at: recorded_at,
            metadata: shared.metadata(),
        };
        for action in self.unsaved.sort::<M>(&origin, stored, actions)? {
            self.send(action);
        }
        Ok(())
    }

    /// Has the states of the processes of a page in memory; those that are not are read in one query.
    async fn load(&mut self, page: &[Routed<'_>]) -> Result<(), ProcessError> {
        let mut missing: Vec<&str> = Vec::new();
        for routed in page {
            let process_id = routed.process_id.as_str();
            if !self.states.knows(process_id) && !M::begins(routed.event) {
                missing.push(process_id);
            }
        }
        self.load_all(missing).await
    }

    async fn load_all(&mut self, mut missing: Vec<&str>) -> Result<(), ProcessError> {
        if missing.is_empty() {
            return Ok(());
        }
        missing.sort_unstable();
        missing.dedup();
        for (process_id, state, newest) in self.store().await?.load(&missing).await? {
            self.states.loaded(process_id, state, newest);
        }
        Ok(())
    }

    fn send(&mut self, action: Arc<Outgoing>) {
        self.sending.spawn(Arc::clone(&self.sender).send(action));
    }

    /// Sends what is due, counts what does not move, and now and then forgets what has ended.
    async fn look_around(&mut self) -> Result<(), ProcessError> {
        let options = &self.manager.options;
        let limit = options.max_in_flight.saturating_sub(self.sending.len());
        let store = self.store().await?;
        let asked = Instant::now();
        let due = store.take_due(limit).await?;
        self.send_stored(due).await?;
        let standing = self.store().await?.standing().await?;
        self.contact = asked;
        if asked >= self.forget_at {
            let options = self.manager.options;
            self.forget_at = asked + options.forget_every;
            let store = self.store().await?;
            store
                .forget_ended(options.forget_after, options.batch_events)
                .await?;
        }
        self.manager.status.send_modify(|status| {
            (status.deferred, status.parked) = (standing.deferred, standing.parked);
            (status.position, status.in_flight) = (self.position, self.sending.len());
        });
        Ok(())
    }

    /// All of it changes together, or somebody could believe that nothing is under way.
    fn tell(&self) {
        let mut news = self.manager.status.borrow().clone();
        news.position = self.position;
        news.in_flight = self.sending.len();
        news.unsaved = self.unsaved.len() + self.saving.as_ref().map_or(0, |saving| saving.len);
        news.next_timer_at = self.ring_at.map(|(_, due_at)| due_at);
        news.breaker = self.manager.shared.gateway.breaker();
        self.manager.status.send_if_modified(|status| {
            let changed = *status != news;
            *status = news;
            changed
        });
    }

    /// Lets what was begun end, for a while, and gives the lock away.
    async fn finish(mut self) -> Result<(), ProcessError> {
        let deadline = Instant::now() + self.manager.options.drain;
        while let Ok(sent) = tokio::time::timeout_at(deadline, self.next_sent()).await {
            let Some(sent) = sent? else { break };
            self.settle(sent).await?;
        }
        self.sending.abort_all();
        self.save().await?;
        if let Some(store) = self.store {
            store.close().await;
        }
        Ok(())
    }
}

/// Reads pages until nobody takes them any more.
async fn read_ahead(
    mut follower: Follower<Event>,
    limit: usize,
    hand_over: mpsc::Sender<Result<Page, ReadError>>,
) {
    loop {
        let page = follower.next_page(limit).await;
        let failed = page.is_err();
        if hand_over.send(page).await.is_err() || failed {
            return;
        }
    }
}
