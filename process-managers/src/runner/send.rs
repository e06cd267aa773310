//! Sending one action: a command to the bus, or a question to the gateway and its answer to the bus.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use domain::{Command, payment::PaymentCommand, process::Action};
use event_store::{CommandBus, CommandContext, CommandKey, Metadata};
use futures::FutureExt as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Manager;
use crate::{
    backoff,
    dispatch::{self, DispatchError},
    error::in_one_line,
    gateway::{AskError, GatewayError, Guard},
    identity::answer_key,
    store::{ActionRef, Outgoing, Trouble},
};

/// The longest reason that is stored with an action, in characters.
const MAX_REASON_CHARS: usize = 1_000;

/// Sends actions; shared by all that are under way.
pub(super) struct Sender {
    bus: Arc<CommandBus>,
    gateway: Arc<Guard>,
    commands: Semaphore,
    gateway_calls: Semaphore,
    /// Ends the waits between tries: what waits stays in the outbox for the next start.
    stopping: CancellationToken,
}

/// How an action ended, for now.
pub(super) struct Sent {
    pub(super) place: ActionRef,
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
    retry: Retry,
}

/// When the same may succeed.
enum Retry {
    /// Not before somebody did something about it.
    Never,
    /// A little later.
    Soon,
    /// Not before some time has passed, and there is nothing to be gained by trying.
    After(Duration),
    /// Later: it goes its way and takes its time.
    Patiently,
}

impl Sender {
    pub(super) fn new<M>(manager: &Manager<M>, stopping: CancellationToken) -> Self {
        let options = &manager.options;
        Self {
            bus: Arc::clone(&manager.wiring.bus),
            gateway: Arc::clone(&manager.shared.gateway),
            commands: Semaphore::new(options.concurrent_commands),
            gateway_calls: Semaphore::new(options.concurrent_gateway_calls),
            stopping,
        }
    }

    /// Sends an action until it is done or laid aside: for a next try after a wait that grows with each, or, when it
    /// was refused or tried for as long as [`backoff::HORIZON`], for people. A panic on the way parks it: one order
    /// that makes the service panic must not stop the others.
    pub(super) async fn send(self: Arc<Self>, outgoing: Arc<Outgoing>) -> Sent {
        let attempts = outgoing.attempts.saturating_add(1);
        let outcome = AssertUnwindSafe(self.persist(&outgoing)).catch_unwind().await;
        let panicked = |_| {
            let reason = "the service panicked".to_owned();
            Outcome::Troubled(Trouble {
                attempts,
                reason,
                retry_in: None,
            })
        };
        Sent {
            place: outgoing.place(),
            outcome: outcome.unwrap_or_else(panicked),
        }
    }

    async fn persist(&self, outgoing: &Outgoing) -> Outcome {
        let key = outgoing.key;
        let before = usize::try_from(outgoing.attempts).unwrap_or_default();
        // Asked once, so that a try of the bus does not cost another call.
        let mut answer = None;
        let mut tries = 0;
        loop {
            let Err(failure) = self.attempt(outgoing, &mut answer).await else {
                return Outcome::Done;
            };
            tries += 1;
            let failed = before.saturating_add(tries);
            let troubled = |reason, retry_in| {
                let attempts = i32::try_from(failed).unwrap_or(i32::MAX);
                Outcome::Troubled(Trouble {
                    attempts,
                    reason,
                    retry_in,
                })
            };
            let (quick, at_least) = match failure.retry {
                Retry::Never => return troubled(failure.reason, None),
                Retry::After(wait) => (None, backoff::after(wait, key)),
                Retry::Patiently => (None, Duration::ZERO),
                Retry::Soon => (backoff::quick(failed, key), Duration::ZERO),
            };
            // What failed its quick tries before is not worth the wait in memory.
            let Some(wait) = quick else {
                return match backoff::up_to_horizon(failed, key) {
                    Some(wait) => troubled(failure.reason, Some(wait.max(at_least))),
                    None => troubled(given_up(&failure.reason), None),
                };
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
                    None => {
                        let _turn = self.gateway_calls.acquire().await;
                        answer.insert((call.payment_id(), self.gateway.ask(call).await?).into())
                    }
                };
                let key = answer_key(key);
                let metadata = Metadata {
                    command_id: key.to_string(),
                    ..outgoing.metadata.clone()
                };
                // The fingerprint is that of the question: the first answer that was recorded stands.
                self.execute(command.clone(), key, metadata, &outgoing.json).await
            }
            // Timers are rows beside the state and never leave the database.
            Action::SetTimer { .. } | Action::CancelTimer { .. } => Ok(()),
        }
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
        // A payment is named in the order that asks for it, and this is the first that it hears.
        let assume_new = matches!(&command, Command::Payment(payment)
            if matches!(payment.command, PaymentCommand::Request { .. }));
        let context = CommandContext {
            metadata,
            keys: vec![key],
            expected_sequence: None,
            assume_new,
        };
        dispatch::execute(&self.bus, command, context).await?;
        Ok(())
    }
}

impl From<DispatchError> for Failure {
    fn from(error: DispatchError) -> Self {
        let retry = if error.is_transient() {
            Retry::Soon
        } else {
            Retry::Never
        };
        let reason = match &error {
            DispatchError::Refused(refusal) => format!("refused: {refusal} ({})", refusal.code()),
            other => in_one_line(other),
        };
        Self {
            reason: shortened(&reason),
            retry,
        }
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        let retry = match &error {
            AskError::Gateway(GatewayError::Unavailable(_)) => Retry::Soon,
            AskError::Gateway(GatewayError::Undecided) => Retry::Patiently,
            AskError::Gateway(GatewayError::Refused { .. }) => Retry::Never,
            AskError::BreakerOpen { retry_in } => Retry::After(*retry_in),
        };
        Self {
            reason: shortened(&in_one_line(&error)),
            retry,
        }
    }
}

/// What is said of an action that was tried up to the horizon. Nobody knows what became of a question to the
/// gateway by then: sent again, it is still the same question.
fn given_up(reason: &str) -> String {
    let hours = backoff::HORIZON.as_secs() / 3_600;
    shortened(&format!("tried for {hours} h: {reason}"))
}

fn shortened(reason: &str) -> String {
    reason.chars().take(MAX_REASON_CHARS).collect()
}
