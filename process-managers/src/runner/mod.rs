//! Runs process managers, each in a task of its own, each on one copy of the service at a time.

pub(crate) mod follows;
mod react;
mod send;
mod states;
mod tenure;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use chrono::Utc;
use domain::{
    Event,
    process::{Fulfilment, Recurring, Settlement},
};
use event_store::{Decoder, Feed, FeedOptions, Filter, Log, ReadError};
use futures::FutureExt as _;
use tokio::{sync::watch, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::{follows::Follows, tenure::Tenure};
use crate::{
    backoff,
    error::{ProcessError, in_one_line},
    gateway::Guard,
    options::{RunnerOptions, Wiring},
    status::ManagerStatus,
};

/// Whoever worked this long without trouble begins to count its troubles anew.
const SOUND_AFTER: Duration = Duration::from_secs(30);

/// How often somebody who waits looks again when nothing wakes them.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The process managers of the shop, running.
///
/// Dropping it ends them at once, wherever they are, as a crash would; nothing is lost by it. To let
/// them end what they have begun, cancel the token and wait for [`ProcessManagers::stopped`].
pub struct ProcessManagers {
    wiring: Wiring,
    managers: Vec<(Filter, watch::Receiver<ManagerStatus>)>,
    tasks: JoinSet<()>,
}

impl ProcessManagers {
    /// Starts all process managers. They run until the token is cancelled, and get over everything
    /// else by themselves.
    pub fn start(wiring: Wiring, options: RunnerOptions, cancellation: &CancellationToken) -> Self {
        let feed = shop_feed(Arc::clone(wiring.bus.log()), Arc::clone(&wiring.decoder));
        Self::start_on(feed, wiring, options, cancellation)
    }

    /// The same, on a feed that others in this process follow too.
    pub fn start_on(
        feed: Feed<Event>,
        wiring: Wiring,
        options: RunnerOptions,
        cancellation: &CancellationToken,
    ) -> Self {
        let shared = Shared::new(feed, &wiring, &options);
        let mut running = Self {
            wiring,
            managers: Vec::new(),
            tasks: JoinSet::new(),
        };
        running.spawn::<Fulfilment>(&shared, options, cancellation);
        running.spawn::<Settlement>(&shared, options, cancellation);
        running.spawn::<Recurring>(&shared, options, cancellation);
        running
    }

    fn spawn<M: Follows>(
        &mut self,
        shared: &Arc<Shared>,
        options: RunnerOptions,
        cancellation: &CancellationToken,
    ) {
        let manager = Manager::<M>::new(&self.wiring, shared, options, cancellation.clone());
        self.managers
            .push((manager.filter.clone(), manager.status.subscribe()));
        self.tasks.spawn(manager.run());
    }

    /// How each process manager is doing in this process.
    pub fn statuses(&self) -> Vec<ManagerStatus> {
        self.managers
            .iter()
            .map(|(_, status)| status.borrow().clone())
            .collect()
    }

    /// Waits until everything that the log holds has been reacted to, every timer that is due has rung, all of
    /// it is stored, and nothing is under way or waiting for its next try. Parked actions do not count. It waits for as long as another copy
    /// works one of the process managers.
    ///
    /// # Errors
    ///
    /// When the log cannot be read.
    pub async fn settle(&self) -> Result<(), ReadError> {
        let log = self.wiring.bus.log();
        let mut events = log.watch();
        let mut statuses: Vec<_> = self.managers.iter().map(|(_, status)| status.clone()).collect();
        loop {
            events.mark_unchanged();
            statuses.iter_mut().for_each(watch::Receiver::mark_unchanged);
            let head = log.head().await?;
            let mut settled = true;
            for (filter, status) in &self.managers {
                settled = settled && is_settled(log, filter, status, head).await?;
            }
            if settled && log.head().await? == head {
                return Ok(());
            }
            let changes = statuses.iter_mut().map(|status| status.changed().boxed());
            tokio::select! {
                _ = events.changed() => {}
                _ = futures::future::select_all(changes) => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// Waits until all process managers have ended, after the token was cancelled.
    pub async fn stopped(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn is_settled(
    log: &Log,
    filter: &Filter,
    status: &watch::Receiver<ManagerStatus>,
    head: event_store::Position,
) -> Result<bool, ReadError> {
    let status = status.borrow().clone();
    let rings = status.next_timer_at.is_some_and(|at| at <= Utc::now());
    if !status.active || status.in_flight > 0 || status.deferred > 0 || status.unsaved > 0 || rings {
        return Ok(false);
    }
    let ahead = Filter {
        up_to: Some(head),
        ..filter.clone()
    };
    Ok(log.read(status.position, 1, &ahead).await?.is_empty())
}

/// The log as all process managers of a process, and whoever else, read it together.
pub fn shop_feed(log: Log, decoder: Arc<Decoder>) -> Feed<Event> {
    let parse = |aggregate_type: &str, payload: &str| Ok(Event::from_payload(aggregate_type, payload)?);
    Feed::new(log, decoder, parse, FeedOptions::default())
}

/// What the process managers of a process share.
pub(crate) struct Shared {
    feed: Feed<Event>,
    gateway: Arc<Guard>,
}

impl Shared {
    pub(crate) fn new(feed: Feed<Event>, wiring: &Wiring, options: &RunnerOptions) -> Arc<Self> {
        let gateway = Arc::new(Guard::new(Arc::clone(&wiring.gateway), options.gateway));
        Arc::new(Self { feed, gateway })
    }
}

/// One process manager in one process, working or waiting for its turn.
pub(crate) struct Manager<M> {
    wiring: Wiring,
    shared: Arc<Shared>,
    options: RunnerOptions,
    filter: Filter,
    status: watch::Sender<ManagerStatus>,
    cancellation: CancellationToken,
    reacts: std::marker::PhantomData<fn() -> M>,
}

impl<M: Follows> Manager<M> {
    pub(crate) fn new(
        wiring: &Wiring,
        shared: &Arc<Shared>,
        options: RunnerOptions,
        cancellation: CancellationToken,
    ) -> Arc<Self> {
        let aggregate_types = M::AGGREGATE_TYPES.iter().map(|name| (*name).to_owned()).collect();
        let filter = Filter {
            aggregate_types,
            ..Filter::default()
        };
        let status = ManagerStatus {
            manager: M::NAME,
            ..ManagerStatus::default()
        };
        Arc::new(Self {
            wiring: wiring.clone(),
            shared: Arc::clone(shared),
            options,
            filter,
            status: watch::Sender::new(status),
            cancellation,
            reacts: std::marker::PhantomData,
        })
    }

    /// Works until cancelled. Whatever goes wrong ends the tenure, and the next one begins with what
    /// is stored; in between another copy may take over.
    pub(crate) async fn run(self: Arc<Self>) {
        let mut troubles = 0;
        while !self.cancellation.is_cancelled() {
            let began = Instant::now();
            let tenure = AssertUnwindSafe(Tenure::serve(Arc::clone(&self)))
                .catch_unwind()
                .await;
            let Err(error) = tenure.unwrap_or(Err(ProcessError::Panicked)) else {
                break;
            };
            tracing::warn!(
                process.manager = M::NAME,
                error = in_one_line(&error),
                "a process manager stopped and will start again"
            );
            self.status.send_modify(|status| {
                status.active = false;
                status.position = 0;
                (status.in_flight, status.unsaved) = (0, 0);
                status.last_error = Some(in_one_line(&error));
            });
            troubles = if began.elapsed() > SOUND_AFTER {
                1
            } else {
                troubles + 1
            };
            let wait = backoff::patient(troubles, Uuid::new_v5(&Uuid::nil(), M::NAME.as_bytes()));
            tokio::select! {
                () = self.cancellation.cancelled() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.status.send_modify(|status| status.active = false);
    }
}
