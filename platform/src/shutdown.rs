//! The end of a process: what was accepted is finished, then everything stops.
//!
//! Workers take the token and stop taking new work when it is cancelled; whoever must
//! be waited for is spawned on the tracker. The wait has a limit, because a supervisor
//! that loses patience sends SIGKILL, and a stop that we end ourselves says what hung.

use std::{
    future::Future,
    io,
    sync::{Arc, atomic::AtomicBool},
    thread,
    time::Duration,
};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
    iterator::Signals,
};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The signals that ask the process to stop.
const STOP_SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// What a shell adds to the number of the signal that ended a program.
const ENDED_BY_SIGNAL: i32 = 128;

/// The wish to stop, and the tasks that are waited for.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    token: CancellationToken,
    tasks: TaskTracker,
}

/// Tasks were still running when the time for the end was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("tasks left behind because they had not finished after {} s: {count}", limit.as_secs())]
pub struct Unfinished {
    /// How many tasks were left.
    pub count: usize,
    /// How long they were waited for.
    pub limit: Duration,
}

impl Shutdown {
    /// A shutdown that only [`Shutdown::request`] begins; signals do what they always do.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A shutdown that Ctrl-C or SIGTERM begins. A second signal of either kind ends the process at once.
    ///
    /// The second signal is obeyed by its handler alone, and the first one is passed on by a thread of
    /// its own: neither needs a runtime, which may be blocked, or a log, which may not be read.
    ///
    /// # Errors
    ///
    /// When the handlers of the signals cannot be installed.
    pub fn listen() -> io::Result<Self> {
        let shutdown = Self::new();
        let is_stopping = Arc::new(AtomicBool::new(false));
        for signal in STOP_SIGNALS {
            // In this order: the first signal finds the flag down, and raises it for the second one.
            flag::register_conditional_shutdown(signal, ENDED_BY_SIGNAL + signal, Arc::clone(&is_stopping))?;
            flag::register(signal, Arc::clone(&is_stopping))?;
        }
        let mut signals = Signals::new(STOP_SIGNALS)?;
        let token = shutdown.token.clone();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            if signals.forever().next().is_some() {
                token.cancel();
                tracing::info!("finishing what was accepted; press Ctrl-C again to stop at once");
            }
        })?;
        Ok(shutdown)
    }

    /// A token that is cancelled when the end begins.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// The tracker whose tasks are waited for.
    #[must_use]
    pub fn tracker(&self) -> TaskTracker {
        self.tasks.clone()
    }

    /// Starts a task that is waited for.
    pub fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tasks.spawn(task)
    }

    /// Begins the end.
    pub fn request(&self) {
        self.token.cancel();
    }

    /// Waits until the end begins.
    pub async fn requested(&self) {
        self.token.cancelled().await;
    }

    /// Begins the end and waits for the tasks, `limit` at most.
    ///
    /// # Errors
    ///
    /// When tasks are still running after that; they are not aborted.
    pub async fn finish(&self, limit: Duration) -> Result<(), Unfinished> {
        self.token.cancel();
        self.tasks.close();
        tokio::time::timeout(limit, self.tasks.wait())
            .await
            .map_err(|_| Unfinished {
                count: self.tasks.len(),
                limit,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_waits_for_tasks_that_finish() {
        let shutdown = Shutdown::new();
        let token = shutdown.token();
        let worker = shutdown.spawn(async move {
            token.cancelled().await;
            "finished"
        });
        shutdown.finish(Duration::from_secs(10)).await.unwrap();
        assert_eq!(worker.await.unwrap(), "finished");
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_does_not_wait_for_ever() {
        let shutdown = Shutdown::new();
        shutdown.spawn(std::future::pending::<()>());
        let left = shutdown.finish(Duration::from_secs(5)).await.unwrap_err();
        assert_eq!(left.count, 1);
        assert_eq!(
            left.to_string(),
            "tasks left behind because they had not finished after 5 s: 1"
        );
    }

    #[tokio::test]
    async fn everybody_hears_the_request() {
        let shutdown = Shutdown::new();
        let other = shutdown.clone();
        shutdown.request();
        other.requested().await;
        assert!(other.token().is_cancelled());
    }
}
