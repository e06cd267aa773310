//! One worker: from the log into one generation, until something else is to be done.

use std::{ops::ControlFlow, time::Duration, time::Instant};

use event_store::Position;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::{
    Context, Here,
    error::{OpenError, WorkError, WriteError},
    lease::Lease,
    model::{ReadModel, Sink},
    pace::{BatchSize, Pace},
    reading::Reading,
};
use crate::{
    decision,
    feed::{Feed, Interest, Stretch},
    generation::{self, Generation, GenerationState},
    reading::Session,
    recorded::Recorded,
    transaction::Transaction,
};

/// How often a worker says that it lives, and looks whether its generation is still fed. A switch by
/// another process is noticed within it.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// How long a worker leaves the views of `souk_live` alone after it could not have them. Each try keeps the
/// read model and its analysts waiting for up to half a second.
const VIEWS_INTERVAL: Duration = Duration::from_secs(5);

/// A generation, and all that is needed to feed it.
pub(crate) struct Worker<'context> {
    context: &'context Context,
    model: &'context dyn ReadModel,
    generation: Generation,
    lease: Lease,
    /// Absent while [`Self::reading`] has it, and after the sink was opened again.
    feed: Option<Feed>,
    /// The wait for the next stretch of the log, which outlives heartbeats.
    reading: Option<Reading>,
    sink: Box<dyn Sink>,
    size: BatchSize,
    interest: Interest,
    beaten: (Instant, i64),
    /// When the views were last to be pointed to the generation.
    views_tried: Option<Instant>,
    /// What is visible, and the session of this process's readers during which that was so.
    confirmed: (Position, Session),
}

/// Why a worker stopped without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It was asked to.
    Asked,
    /// It did all that there was to do.
    Done,
    /// The generation is no longer fed, or by somebody else.
    Fenced,
    /// An operator wants the read model to stand still.
    Paused,
}

impl<'context> Worker<'context> {
    /// Begins to work a generation, unless somebody does.
    pub(crate) async fn begin(
        context: &'context Context,
        model: &'context dyn ReadModel,
        generation: Generation,
    ) -> Result<Option<Self>, WorkError> {
        let Some(lease) = Lease::try_take(&context.pool, generation.id).await? else {
            return Ok(None);
        };
        let session = context.progress.session();
        // Whoever had the lease before may have moved the checkpoint since we looked.
        let Some(generation) = generation::fetch(&context.pool, generation.id).await? else {
            return Ok(None);
        };
        let sink = model.open(&context.bulk, &generation).await?;
        let head = context.log.head().await?;
        if sink.position() > head {
            let reason = format!(
                "it is at position {}, and the log ends at {head}",
                sink.position()
            );
            return Err(OpenError::Lost(reason).into());
        }
        let interest = Interest {
            reads: model.registered().reads,
            ignores: model.ignores(),
            skips: decision::skipped(&context.pool, model.registered().name).await?,
            until: generation.up_to,
        };
        let position = sink.position();
        Ok(Some(Self {
            context,
            model,
            generation,
            lease,
            feed: None,
            reading: None,
            sink,
            size: BatchSize::new(),
            interest,
            beaten: (Instant::now(), position),
            views_tried: None,
            confirmed: (position, session),
        }))
    }

    /// The generation that is worked.
    pub(crate) fn generation(&self) -> &Generation {
        &self.generation
    }

    /// How far it is.
    pub(crate) fn position(&self) -> i64 {
        self.sink.position()
    }

    /// From here on it reads up to a position and stops there.
    pub(crate) fn read_no_further_than(&mut self, position: i64) {
        self.interest.until = Some(position);
        (self.feed, self.reading) = (None, None);
    }

    /// Follows the log until it is asked to stop or the generation is somebody else's.
    pub(crate) async fn follow(&mut self, stop: &CancellationToken) -> Result<Stopped, WorkError> {
        self.context
            .progress
            .switch_to(self.model.registered().name, &self.generation.schema_name);
        // The first beat comes at once: nothing is said of a generation that is no longer live.
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let session = self.context.progress.session();
            match self.step(stop, &mut heartbeat).await {
                Ok(ControlFlow::Continue(())) => self.publish(session),
                Ok(ControlFlow::Break(stopped)) => return Ok(stopped),
                Err(WorkError::Write(WriteError::Fenced)) => return Ok(Stopped::Fenced),
                Err(error) => return Err(error),
            }
        }
    }

    async fn step(
        &mut self,
        stop: &CancellationToken,
        heartbeat: &mut Interval,
    ) -> Result<ControlFlow<Stopped>, WorkError> {
        let due = self.sink.due();
        let rest = match self.sink.rests_until() {
            Some(until) if self.reading.is_none() && until > Instant::now() => Some(until),
            _ => {
                self.begin_reading();
                None
            }
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => {
                self.settle().await?;
                return Ok(ControlFlow::Break(Stopped::Asked));
            }
            _ = heartbeat.tick() => {
                if let Some(stopped) = self.beat().await? {
                    self.settle().await?;
                    return Ok(ControlFlow::Break(stopped));
                }
            }
            () = until(due) => { self.settle().await?; }
            () = until(rest), if rest.is_some() => {}
            (feed, stretch) = Reading::wait(&mut self.reading) => {
                (self.feed, self.reading) = (feed, None);
                self.take(stretch?).await?;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Begins to wait for the next stretch of the log, unless that is under way.
    fn begin_reading(&mut self) {
        if self.reading.is_some() {
            return;
        }
        let limit = self.size.events(self.sink.position());
        let feed = self.feed.take();
        let feed = feed.unwrap_or_else(|| self.context.feed(self.sink.position(), &self.interest));
        self.reading = Some(Reading::begin(feed, limit));
    }

    /// Follows the log from where the sink is. A wait that is under way is given up.
    pub(crate) fn feed(&mut self) -> &mut Feed {
        self.reading = None;
        let (context, position) = (self.context, self.sink.position());
        self.feed
            .get_or_insert_with(|| context.feed(position, &self.interest))
    }

    /// Opens the sink again; what was read ahead for the one before is dropped.
    async fn reopen(&mut self) -> Result<(), WorkError> {
        self.sink = self.model.open(&self.context.bulk, &self.generation).await?;
        (self.feed, self.reading) = (None, None);
        Ok(())
    }

    /// Reads on until the log has no more for now. Says whether there was anything.
    pub(crate) async fn catch_up_once(&mut self) -> Result<bool, WorkError> {
        let limit = self.size.events(self.sink.position());
        match self.feed().try_next(limit).await? {
            Some(stretch) => self.take(stretch).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Says that the worker lives, and looks whether it is to go on.
    pub(crate) async fn beat(&mut self) -> Result<Option<Stopped>, WorkError> {
        let session = self.context.progress.session();
        // The session of the lease is older than anything that was written: no crash took any of it back.
        self.lease.check().await?;
        self.confirmed.1 = session;
        let position = self.position();
        let (since, from) = std::mem::replace(&mut self.beaten, (Instant::now(), position));
        let rate = per_second(position.saturating_sub(from), since.elapsed());
        let pool = &self.context.pool;
        let Some(beat) = generation::beat(pool, self.generation.id, rate).await? else {
            return Ok(Some(Stopped::Fenced));
        };
        let may_try = self
            .views_tried
            .is_none_or(|tried| tried.elapsed() >= VIEWS_INTERVAL);
        if beat.lacks_views && may_try {
            // It became live while a statement read the views, or before there were any.
            self.views_tried = Some(Instant::now());
            generation::present(pool, self.generation.id).await?;
        }
        let is_paused = decision::is_paused(pool, self.model.registered().name).await?;
        Ok(is_paused.then_some(Stopped::Paused))
    }

    /// Makes everything visible that was read so far. False means that one event of it cannot be
    /// written: then it has to be read again.
    pub(crate) async fn settle(&mut self) -> Result<bool, WorkError> {
        let up_to = self.sink.position();
        match self.sink.settle().await {
            Ok(()) => Ok(true),
            Err(error) if error.may_be_one_event() => self.search(up_to).await.map(|()| false),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the secondary indexes after the first filling, and says all the while that it lives.
    pub(crate) async fn index(&mut self) -> Result<(), WorkError> {
        if self.generation.indexed {
            return Ok(());
        }
        let (context, model, generation) = (self.context, self.model, self.generation.clone());
        let making = async {
            let mut transaction = Transaction::begin(&context.pool).await?;
            // Locks the row: of two who believe that they have to, one does.
            if generation::mark_indexed(&mut transaction, generation.id).await? {
                model.index(&mut transaction, &generation).await?;
                transaction.commit().await?;
            }
            Ok::<_, sqlx::Error>(())
        };
        let lease = &mut self.lease;
        let mut making = std::pin::pin!(making);
        loop {
            match tokio::time::timeout(HEARTBEAT, &mut making).await {
                Ok(made) => break made?,
                Err(_elapsed) => lease.check().await?,
            }
        }
        // The same tables, written in the live manner from now on.
        let fetched = generation::fetch(&self.context.pool, self.generation.id).await?;
        self.generation = fetched.ok_or(WriteError::Fenced)?;
        // What changed nothing in an index is not in it, so one that is opened again may be behind.
        self.reopen().await
    }

    /// Gives a generation back that readers of this process were told nothing of.
    pub(crate) async fn end_quietly(self) {
        self.lease.release().await;
    }

    /// Gives the generation back.
    pub(crate) async fn end(self) {
        self.context.progress.publish(self.model.registered().name, None);
        self.lease.release().await;
    }

    async fn take(&mut self, stretch: Stretch) -> Result<(), WorkError> {
        let pace = self.size.learn(stretch.more);
        self.write(stretch.events, stretch.up_to, pace).await?;
        match stretch.unreadable {
            // What comes before the unreadable event is not held up by it.
            Some(error) if self.settle().await? => Err(WriteError::Event(error).into()),
            _ => Ok(()),
        }
    }

    async fn write(&mut self, events: Vec<Recorded>, up_to: i64, pace: Pace) -> Result<(), WorkError> {
        let after = self.sink.position();
        if up_to <= after {
            return Ok(());
        }
        let careful = self.size.is_careful(after);
        let (count, last) = (events.len(), events.last().map(|event| event.envelope.position));
        let written = match self.sink.write(events, up_to, pace).await {
            // An error has to be that of this batch.
            Ok(()) if careful => self.sink.settle().await,
            other => other,
        };
        match written {
            Ok(()) => Ok(()),
            Err(error) if !error.may_be_one_event() => Err(error.into()),
            Err(error) if careful && count <= 1 => Err(WorkError::Event {
                position: last.unwrap_or(up_to),
                source: error,
            }),
            Err(_one_of_many) => self.search(up_to).await,
        }
    }

    /// One event up to a position cannot be written: go back and take fewer at once.
    async fn search(&mut self, up_to: i64) -> Result<(), WorkError> {
        let pool = &self.context.pool;
        self.generation = generation::fetch(pool, self.generation.id)
            .await?
            .ok_or(WriteError::Fenced)?;
        self.size.be_careful(self.generation.position, up_to);
        self.reopen().await
    }

    /// Tells the readers of this process. What became visible did so during `session`.
    fn publish(&mut self, session: Session) {
        let visible = self.sink.visible();
        if visible != self.confirmed.0 {
            self.confirmed = (visible, session);
        }
        if self.generation.state == GenerationState::Live {
            let here = Here {
                schema_name: self.generation.schema_name.clone(),
                schema_version: self.generation.schema_version,
                position: visible,
                session: self.confirmed.1,
            };
            self.context
                .progress
                .publish(self.model.registered().name, Some(here));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate is read by people")]
pub(crate) fn per_second(count: i64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64().max(0.001)
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}
