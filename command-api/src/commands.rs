//! The bus as the use cases need it.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::{Decide, Refusal};
use event_store::{Answer, BusError, CommandBus, CommandContext, Fetched, ReadError};
use uuid::Uuid;

use crate::refused::{CommandError, Refused};

/// Sends commands to the aggregates of the shop. Cheap to clone.
#[derive(Clone)]
pub struct Commands {
    bus: Arc<CommandBus>,
    new_id: Arc<dyn Fn() -> Uuid + Send + Sync>,
    now: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
}

impl Commands {
    /// Commands through a bus made by [`crate::shop_bus`]. New things get a UUIDv7.
    pub fn new(bus: Arc<CommandBus>) -> Self {
        Self {
            bus,
            new_id: Arc::new(Uuid::now_v7),
            now: Arc::new(Utc::now),
        }
    }

    /// The same with another source of identifiers, for those who want the same ones from the same seed.
    #[must_use]
    pub fn with_ids(mut self, new_id: impl Fn() -> Uuid + Send + Sync + 'static) -> Self {
        self.new_id = Arc::new(new_id);
        self
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(mut self, now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.now = Arc::new(now);
        self
    }

    /// The bus below.
    pub fn bus(&self) -> &CommandBus {
        &self.bus
    }

    pub(crate) fn new_id(&self) -> Uuid {
        (self.new_id)()
    }

    /// In microseconds, as the database keeps times: a timer would otherwise ring before it is due.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.now)().trunc_subsecs(6)
    }

    /// Sends a command to one aggregate.
    pub(crate) async fn execute<A>(
        &self,
        id: impl ToString + Send,
        command: A::Command,
        context: CommandContext,
    ) -> Result<Answer, CommandError>
    where
        A: Decide + 'static,
        A::Command: Clone,
        A::Error: Refusal,
    {
        let id = id.to_string();
        let answer = self.bus.execute::<A>(&id, command, context).await;
        answer.map_err(|error| error.map_refusal(|refusal| Refused::by(&refusal)))
    }

    /// The state of an aggregate, for decisions that rest on more than one.
    pub(crate) async fn fetch<A>(&self, id: impl ToString + Send) -> Result<A, CommandError>
    where
        A: Decide + Clone + 'static,
        A::Error: Refusal,
    {
        let id = id.to_string();
        match self.bus.fetch::<A>(&id).await {
            Ok(Fetched { state, .. }) => Ok(state),
            Err(error) => Err(error.map_refusal(|refusal| Refused::by(&refusal))),
        }
    }

    /// The aggregate that holds a unique value.
    pub(crate) async fn find_claim(&self, claim: &domain::Claim) -> Result<Option<String>, CommandError> {
        let found = self.bus.log().find_claim(claim.scope, &claim.value).await;
        found.map_err(unavailable)
    }

    /// A refusal that was found before the bus was asked, unless one of the keys is known: what was
    /// done before is answered as before, even if it would be refused by now.
    pub(crate) async fn refuse(
        &self,
        refusal: Refused,
        context: &CommandContext,
    ) -> Result<Answer, CommandError> {
        for key in &context.keys {
            let stored = self.bus.log().find_key(&key.key).await.map_err(unavailable)?;
            let Some(stored) = stored else { continue };
            return match stored.answer(key) {
                Ok(appended) => Ok(appended.into()),
                Err(_) => Err(BusError::KeyReused { key: key.key.clone() }),
            };
        }
        Err(BusError::Refused(refusal))
    }
}

fn unavailable(error: ReadError) -> CommandError {
    let ReadError::Unavailable(cause) = error;
    BusError::Unavailable(cause)
}
