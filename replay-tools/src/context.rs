//! What a command works on, and what it comes to.

use event_store::Log;
use projections::ProjectionError;
use tokio_util::sync::CancellationToken;

use crate::error::Error;

/// What a command works on.
#[derive(Clone)]
pub struct Context {
    /// The log. The rights of `souk_auditor` are enough.
    pub log: Log,
    /// Whether the login may write read models too, as bringing a build to where another one is does.
    pub may_write: bool,
    /// Cancelled when the user wants the command to end.
    pub stop: CancellationToken,
}

/// What a command that ran came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There is nothing to complain about.
    Fine,
    /// Something is not as it should be; what, was printed.
    Difference,
}

impl Context {
    /// Waits for something, unless the user wants to stop.
    pub(crate) async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        self.stop.run_until_cancelled(work).await.ok_or(Error::Stopped)
    }
}

/// A reader that has seen enough, such as `head`, is no failure.
pub(crate) fn end_quietly(result: Result<Outcome, Error>) -> Result<Outcome, Error> {
    match result {
        Err(
            Error::Output(error)
            | Error::File { source: error, .. }
            | Error::Projection(ProjectionError::Output(error)),
        ) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Outcome::Fine),
        other => other,
    }
}
