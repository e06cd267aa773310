//! How long a write may take, and how long a command waits for it.
//!
//! The limits are nested, so that each layer learns the outcome from the one below it before it gives up:
//! the server's wait for a lock < a write < a command < a request. A layer that gave up first would report an
//! unknown outcome for a write that succeeds.

use std::time::Duration;

/// How long the server waits for the lock on the head of the log; `append_events` sets it as its
/// `lock_timeout`. The server ends the wait and rolls back, so the outcome is known.
pub(crate) const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// How long a write may take, including a new connection where one is needed.
pub const WRITE_LIMIT: Duration = Duration::from_secs(7);

/// How long a command may take until it is durable. An append whose write could not end within it is
/// refused before it begins.
pub const COMMAND_LIMIT: Duration = Duration::from_secs(16);

/// How long a command waits for a place in the queue before it is refused.
pub(crate) const QUEUE_LIMIT: Duration = Duration::from_secs(2);

const _: () = assert!(LOCK_LIMIT.as_millis() < WRITE_LIMIT.as_millis());
// A place in the queue, one write that is under way, and the command's own write.
const _: () = assert!(QUEUE_LIMIT.as_millis() + 2 * WRITE_LIMIT.as_millis() <= COMMAND_LIMIT.as_millis());
