//! Sending one action: a command to the bus, or a question to the gateway and its answer to the bus.

use std::{panic::AssertUnwindSafe, sync::Arc};

use domain::{
    Command,
    process::{Action, GatewayCall},
};
use event_store::{CommandBus, CommandContext, CommandKey, Metadata};
use futures::FutureExt as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    backoff,
    dispatch::{self, DispatchError},
    error::in_one_line,
    gateway::{self, GatewayError, PaymentGateway},
    identity::{ActionId, answer_key},
    options::{RunnerOptions, Wiring},
    store::{Outgoing, Trouble},
};

/// The longest reason that is stored with an action, in characters.
const MAX_REASON_CHARS: usize = 1_000;

/// Sends actions; shared by all that are under way.
pub(super) struct Sender {
    bus: Arc<CommandBus>,
    gateway: Arc<dyn PaymentGateway>,
    commands: Semaphore,
    gateway_calls: Semaphore,
    /// Ends the waits between tries: what waits stays in the outbox for the next start.
    stopping: CancellationToken,
}

/// How an action ended, for now.
pub(super) struct Sent {
    pub(super) id: ActionId,
    pub(super) process_id: String,
    pub(super) key: Uuid,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    /// It happened, now or earlier.
    Done,
    /// It is laid aside, or parked.
    Troubled(Trouble),
    /// It was not tried to the end: it stays as it is.
    Left,
}

/// Why one try failed.
struct Failure {
    reason: String,
    /// Whether the same may succeed a little later.
    transient: bool,
}

impl Sender {
    pub(super) fn new(wiring: &Wiring, options: &RunnerOptions, stopping: CancellationToken) -> Self {
        Self {
            bus: Arc::clone(&wiring.bus),
            gateway: Arc::clone(&wiring.gateway),
            commands: Semaphore::new(options.concurrent_commands),
            gateway_calls: Semaphore::new(options.concurrent_gateway_calls),
            stopping,
        }
    }

    /// Sends an action until it is done or laid aside. A panic on the way parks it: one order that
    /// makes the service panic must not stop the others.
    pub(super) async fn send(self: Arc<Self>, outgoing: Outgoing) -> Sent {
        let (id, process_id, key) = (outgoing.id, outgoing.process_id.clone(), outgoing.key);
        let attempts = outgoing.attempts.saturating_add(1);
        let outcome = AssertUnwindSafe(self.persist(outgoing)).catch_unwind().await;
        let panicked = |_| {
            let reason = "the service panicked".to_owned();
            Outcome::Troubled(Trouble {
                attempts,
                reason,
                retry_in: None,
            })
        };
        Sent {
            id,
            process_id,
            key,
            outcome: outcome.unwrap_or_else(panicked),
        }
    }

    async fn persist(&self, outgoing: Outgoing) -> Outcome {
        let key = outgoing.key;
        let before = usize::try_from(outgoing.attempts).unwrap_or_default();
        // Asked once, so that a try of the bus does not cost another call.
        let mut answer = None;
        let mut tries = 0;
        loop {
            let Err(failure) = self.attempt(&outgoing, &mut answer).await else {
                return Outcome::Done;
            };
            tries += 1;
            let failed = before.saturating_add(tries);
            let troubled = |retry_in| {
                let attempts = i32::try_from(failed).unwrap_or(i32::MAX);
                Outcome::Troubled(Trouble {
                    attempts,
                    reason: failure.reason.clone(),
                    retry_in,
                })
            };
            if !failure.transient {
                return troubled(None);
            }
            // What failed its quick tries before is not worth the wait in memory.
            let Some(wait) = backoff::quick(failed, key) else {
                return troubled(Some(backoff::patient(failed, key)));
            };
            tokio::select! {
                () = self.stopping.cancelled() => return Outcome::Left,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn attempt(&self, outgoing: &Outgoing, answer: &mut Option<Command>) -> Result<(), Failure> {
        let key = outgoing.key;
        match &outgoing.action {
            Action::Command(command) => {
                self.execute(
                    (**command).clone(),
                    key,
                    outgoing.metadata.clone(),
                    &outgoing.json,
                )
                .await
            }
            Action::Gateway(call) => {
                let command = match answer {
                    Some(command) => command,
                    None => answer.insert(self.ask(key, call).await?),
                };
                let key = answer_key(key);
                let metadata = Metadata {
                    command_id: key.to_string(),
                    ..outgoing.metadata.clone()
                };
                // The fingerprint is that of the question: the first answer that was recorded stands.
                self.execute(command.clone(), key, metadata, &outgoing.json).await
            }
        }
    }

    async fn ask(&self, key: Uuid, call: &GatewayCall) -> Result<Command, Failure> {
        let _turn = self.gateway_calls.acquire().await;
        let command = gateway::ask(&*self.gateway, key, call).await?;
        Ok((call.payment_id(), command).into())
    }

    async fn execute(
        &self,
        command: Command,
        key: Uuid,
        metadata: Metadata,
        question: &str,
    ) -> Result<(), Failure> {
        let _turn = self.commands.acquire().await;
        let key = CommandKey {
            key: format!("pm:{key}"),
            fingerprint: Sha256::digest(question).to_vec(),
        };
        let context = CommandContext {
            metadata,
            keys: vec![key],
            expected_sequence: None,
        };
        dispatch::execute(&self.bus, command, context).await?;
        Ok(())
    }
}

impl From<DispatchError> for Failure {
    fn from(error: DispatchError) -> Self {
        let transient = error.is_transient();
        let reason = match &error {
            DispatchError::Refused(refusal) => format!("refused: {refusal} ({})", refusal.code()),
            other => in_one_line(other),
        };
        Self {
            reason: shortened(&reason),
            transient,
        }
    }
}

impl From<GatewayError> for Failure {
    fn from(error: GatewayError) -> Self {
        let transient = matches!(error, GatewayError::Unavailable(_));
        Self {
            reason: shortened(&in_one_line(&error)),
            transient,
        }
    }
}

fn shortened(reason: &str) -> String {
    reason.chars().take(MAX_REASON_CHARS).collect()
}
