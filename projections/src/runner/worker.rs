//! One worker: from the log into one generation, until something else is to be done.

use std::{ops::ControlFlow, time::Duration, time::Instant};

use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::{
    Context, Here,
    error::{OpenError, WorkError, WriteError},
    lease::Lease,
    model::{ReadModel, Sink},
    pace::{BatchSize, Pace},
};
use crate::{
    feed::{Feed, Stretch},
    generation::{self, Generation, GenerationState},
    recorded::Recorded,
};

/// How often a worker says that it lives, and looks whether its generation is still fed. A switch by
/// another process is noticed within it.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// A generation, and all that is needed to feed it.
pub(crate) struct Worker<'context> {
    context: &'context Context,
    model: &'context dyn ReadModel,
    generation: Generation,
    lease: Lease,
    pub(crate) feed: Feed,
    sink: Box<dyn Sink>,
    size: BatchSize,
}

/// Why a worker stopped without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It was asked to.
    Asked,
    /// The generation is no longer fed, or by somebody else.
    Fenced,
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
        // Whoever had the lease before may have moved the checkpoint since we looked.
        let Some(generation) = generation::fetch(&context.pool, generation.id).await? else {
            return Ok(None);
        };
        let sink = model.open(&context.pool, &generation).await?;
        let head = context.log.head().await?;
        if sink.position() > head {
            let reason = format!(
                "it is at position {}, and the log ends at {head}",
                sink.position()
            );
            return Err(OpenError::Lost(reason).into());
        }
        let feed = Feed::new(context.log.clone(), sink.position(), model.registered().reads);
        Ok(Some(Self {
            context,
            model,
            generation,
            lease,
            feed,
            sink,
            size: BatchSize::new(),
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

    /// Follows the log until it is asked to stop or the generation is somebody else's.
    pub(crate) async fn follow(&mut self, stop: &CancellationToken) -> Result<Stopped, WorkError> {
        self.context
            .progress
            .switch_to(self.model.registered().name, &self.generation.schema_name);
        // The first beat comes at once: nothing is said of a generation that is no longer live.
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            match self.step(stop, &mut heartbeat).await {
                Ok(ControlFlow::Continue(())) => self.publish(),
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
        tokio::select! {
            biased;
            () = stop.cancelled() => {
                self.sink.settle().await?;
                return Ok(ControlFlow::Break(Stopped::Asked));
            }
            _ = heartbeat.tick() => {
                self.lease.check().await?;
                if !generation::beat(&self.context.pool, self.generation.id).await? {
                    return Ok(ControlFlow::Break(Stopped::Fenced));
                }
            }
            () = until(due) => self.sink.settle().await?,
            stretch = self.feed.next(self.size.events(self.sink.position())) => self.take(stretch?).await?,
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Reads on until the log has no more for now. Says whether there was anything.
    pub(crate) async fn catch_up_once(&mut self) -> Result<bool, WorkError> {
        match self.feed.try_next(self.size.events(self.sink.position())).await? {
            Some(stretch) => self.take(stretch).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Makes everything visible that was read so far.
    pub(crate) async fn settle(&mut self) -> Result<(), WorkError> {
        Ok(self.sink.settle().await?)
    }

    /// Gives the generation back.
    pub(crate) async fn end(self) {
        self.context.progress.publish(self.model.registered().name, None);
        self.lease.release().await;
    }

    async fn take(&mut self, stretch: Stretch) -> Result<(), WorkError> {
        let Stretch { events, up_to, more } = stretch;
        let pace = self.size.learn(more);
        let count = events.len();
        let mut readable = Vec::with_capacity(count);
        for event in events {
            match Recorded::decode(&self.context.decoder, event) {
                Ok(recorded) => readable.push(recorded),
                Err(error) => {
                    // What comes before the unreadable event is not held up by it.
                    self.write(readable, error.position - 1, pace).await?;
                    self.settle().await?;
                    return Err(WriteError::Event(error).into());
                }
            }
        }
        self.write(readable, up_to, pace).await
    }

    async fn write(&mut self, events: Vec<Recorded>, up_to: i64, pace: Pace) -> Result<(), WorkError> {
        if up_to <= self.sink.position() {
            return Ok(());
        }
        let (count, last) = (events.len(), events.last().map(|event| event.envelope.position));
        match self.sink.write(events, up_to, pace).await {
            Ok(()) => Ok(()),
            Err(error) if count > 1 && error.may_be_one_event() => self.search(up_to).await,
            Err(error) if error.may_be_one_event() => Err(WorkError::Event {
                position: last.unwrap_or(up_to),
                source: error,
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// One event of the batch cannot be written: go back and take them one by one.
    async fn search(&mut self, up_to: i64) -> Result<(), WorkError> {
        self.size.be_careful(up_to);
        let pool = &self.context.pool;
        let generation = generation::fetch(pool, self.generation.id)
            .await?
            .ok_or(WriteError::Fenced)?;
        self.sink = self.model.open(pool, &generation).await?;
        self.feed = Feed::new(
            self.context.log.clone(),
            self.sink.position(),
            self.model.registered().reads,
        );
        Ok(())
    }

    /// Tells the readers of this process.
    fn publish(&self) {
        if self.generation.state == GenerationState::Live {
            let here = Here {
                schema_name: self.generation.schema_name.clone(),
                schema_version: self.generation.schema_version,
                position: self.sink.visible(),
            };
            self.context
                .progress
                .publish(self.model.registered().name, Some(here));
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}
