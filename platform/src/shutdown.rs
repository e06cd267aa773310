//! The end of a process: what was accepted is finished, then everything stops.
//!
//! Workers take the token and stop taking new work when it is cancelled; whoever must
//! be waited for is spawned on the tracker. The wait has a limit, because a supervisor
//! that loses patience sends SIGKILL, and a stop that we end ourselves says what hung.

use std::{future::Future, io, time::Duration};

use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What a shell expects from a program that Ctrl-C ended: 128 and the signal's number.
const ENDED_BY_CTRL_C: i32 = 130;

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

    /// A shutdown that Ctrl-C and SIGTERM begin. A Ctrl-C after that ends the process at once.
    ///
    /// # Errors
    ///
    /// When the handlers of the signals cannot be installed.
    pub fn listen() -> io::Result<Self> {
        let shutdown = Self::new();
        let mut interrupts = signal(SignalKind::interrupt())?;
        let mut terminations = signal(SignalKind::terminate())?;
        let token = shutdown.token.clone();
        // Not on the tracker: it listens until the process is gone.
        tokio::spawn(async move {
            loop {
                let by_hand = tokio::select! {
                    _ = interrupts.recv() => true,
                    _ = terminations.recv() => false,
                };
                if by_hand && token.is_cancelled() {
                    tracing::warn!("interrupted again, so unfinished work is left behind");
                    exit_at_once();
                }
                if !token.is_cancelled() {
                    tracing::info!("finishing what was accepted; press Ctrl-C again to stop at once");
                    token.cancel();
                }
            }
        });
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

#[expect(
    clippy::disallowed_methods,
    reason = "the second Ctrl-C asks for exactly this"
)]
fn exit_at_once() {
    std::process::exit(ENDED_BY_CTRL_C);
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
