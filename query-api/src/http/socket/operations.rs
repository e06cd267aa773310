//! The operations that one connection has under way.

use std::{collections::HashMap, panic::AssertUnwindSafe, pin::pin, sync::Arc};

use async_graphql::{Request, ServerError};
use futures::{FutureExt as _, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use crate::{
    answer::Answer,
    error::{ErrorCode, with_code},
    freshness::AtLeast,
    limits::MAX_SOCKET_OPERATIONS,
    state::{Prepared, QueryState},
};

/// How many answers may wait for the connection; operations wait for the rest.
const WAITING_ANSWERS: usize = 16;

/// What an operation came to.
pub(super) enum Outcome {
    /// There may be more.
    Next(Box<Answer>),
    /// It never began, or broke. Nothing follows.
    Failed(Vec<ServerError>),
    /// Nothing follows.
    Ended,
}

/// The operations that one connection has under way. Dropping it ends them.
pub(super) struct Operations {
    state: QueryState,
    running: HashMap<String, Running>,
    /// Counts those that were started: an id may be used again for another one.
    started: u64,
    sender: mpsc::Sender<Told>,
    receiver: mpsc::Receiver<Told>,
}

struct Running {
    number: u64,
    _task: AbortOnDropHandle<()>,
}

struct Told {
    id: Arc<str>,
    number: u64,
    outcome: Outcome,
}

impl Operations {
    pub(super) fn new(state: QueryState) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING_ANSWERS);
        Self {
            state,
            running: HashMap::new(),
            started: 0,
            sender,
            receiver,
        }
    }

    pub(super) fn is_running(&self, id: &str) -> bool {
        self.running.contains_key(id)
    }

    /// Starts an operation, if there is a place for it.
    pub(super) fn start(&mut self, id: String, request: Request) -> Result<(), Vec<ServerError>> {
        let overloaded = |message: &str| {
            let error = ServerError::new(message, None);
            vec![with_code(error, ErrorCode::Overloaded)]
        };
        if self.running.len() >= MAX_SOCKET_OPERATIONS {
            let message = format!("a connection may have {MAX_SOCKET_OPERATIONS} operations under way");
            return Err(overloaded(&message));
        }
        let Ok(place) = self.state.operations.clone().try_acquire_owned() else {
            return Err(overloaded("too many operations are under way"));
        };
        self.started += 1;
        let teller = Teller {
            id: id.as_str().into(),
            number: self.started,
            sender: self.sender.clone(),
        };
        let task = tokio::spawn(work(self.state.clone(), request, teller, place));
        let running = Running {
            number: self.started,
            _task: AbortOnDropHandle::new(task),
        };
        self.running.insert(id, running);
        Ok(())
    }

    /// Ends an operation that nobody wants any more.
    pub(super) fn stop(&mut self, id: &str) {
        self.running.remove(id);
    }

    /// The next thing to tell. May be abandoned at any time without loss.
    pub(super) async fn next(&mut self) -> Option<(Arc<str>, Outcome)> {
        loop {
            let Told { id, number, outcome } = self.receiver.recv().await?;
            // What was stopped may have said something just before.
            if self
                .running
                .get(&*id)
                .is_none_or(|running| running.number != number)
            {
                continue;
            }
            if !matches!(outcome, Outcome::Next(_)) {
                self.running.remove(&*id);
            }
            return Some((id, outcome));
        }
    }
}

/// Tells the connection what becomes of one operation.
struct Teller {
    id: Arc<str>,
    number: u64,
    sender: mpsc::Sender<Told>,
}

impl Teller {
    async fn tell(&self, outcome: Outcome) {
        let told = Told {
            id: Arc::clone(&self.id),
            number: self.number,
            outcome,
        };
        // Whoever is gone does not need it any more.
        let _gone = self.sender.send(told).await;
    }
}

async fn work(state: QueryState, request: Request, teller: Teller, place: OwnedSemaphorePermit) {
    let correlation_id = Uuid::now_v7();
    let run = async {
        match state.prepare(request, AtLeast::default()) {
            Err(refused) => Outcome::Failed(refused.errors),
            Ok(prepared) if prepared.is_subscription => {
                subscribe(&state, prepared, &teller, correlation_id).await
            }
            Ok(prepared) => ask(&state, prepared, &teller, correlation_id).await,
        }
    };
    let outcome = AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(%correlation_id, "an operation panicked");
        failed(ErrorCode::Internal, "something is broken on our side")
    });
    drop(place);
    teller.tell(outcome).await;
}

async fn subscribe(state: &QueryState, prepared: Prepared, teller: &Teller, correlation_id: Uuid) -> Outcome {
    let mut answers = pin!(state.stream(prepared, correlation_id));
    let mut has_begun = false;
    while let Some(answer) = answers.next().await {
        // The fields of subscriptions may not be null, so a first answer without data ends the operation. Later ones
        // are sent with their errors: the database may be back for the next change.
        if answer.is_failure() && !has_begun {
            return Outcome::Failed(answer.errors);
        }
        has_begun = true;
        teller.tell(Outcome::Next(Box::new(answer))).await;
    }
    Outcome::Ended
}

/// A query has the limits that it has over HTTP.
async fn ask(state: &QueryState, prepared: Prepared, teller: &Teller, correlation_id: Uuid) -> Outcome {
    let Ok(_place) = state.places.try_acquire() else {
        return failed(ErrorCode::Overloaded, "too many requests are being worked on");
    };
    let executed = state.execute(prepared, correlation_id);
    match tokio::time::timeout(state.options.time_limit, executed).await {
        Err(_elapsed) => failed(ErrorCode::Timeout, "the request took too long"),
        Ok(answer) if answer.is_failure() => Outcome::Failed(answer.errors),
        Ok(answer) => {
            teller.tell(Outcome::Next(Box::new(answer))).await;
            Outcome::Ended
        }
    }
}

fn failed(code: ErrorCode, message: &str) -> Outcome {
    Outcome::Failed(vec![with_code(ServerError::new(message, None), code)])
}
