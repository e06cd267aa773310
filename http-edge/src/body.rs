//! Bodies of requests while they arrive.
//!
//! A body is collected before its request takes a place among those in flight: a client that sends half
//! a body and stops then occupies no place, only the bytes that it has sent. Those are bounded over all
//! requests.

use std::{sync::Arc, time::Duration};

use axum::body::{Body, Bytes};
use http_body_util::BodyExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// In what units arriving bytes are counted.
const UNIT_BYTES: usize = 16 * 1_024;

/// The most bytes that the bodies of all requests to one API may occupy.
const MAX_ARRIVING_BYTES: usize = 128 * 1_024 * 1_024;

/// How much of a body that is too large is read and thrown away.
///
/// A client that is still sending when the connection is closed sees a broken connection and not the
/// answer. A body beyond this is no slip, and its connection is closed.
const MAX_DISCARDED_BYTES: usize = 32 * 1_024 * 1_024;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// It has more bytes than are allowed.
    TooLarge,
    /// It did not arrive in time.
    TooSlow,
    /// The client stopped sending before its end.
    BrokenOff,
    /// The bodies of other requests occupy all the room.
    Overloaded,
}

/// The room for bodies of requests. Clones share it.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Semaphore>);

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_ARRIVING_BYTES / UNIT_BYTES)))
    }
}

/// The bytes of a body, and the room that they occupy until this is dropped.
#[derive(Debug)]
pub struct Arrived {
    /// The whole body.
    pub bytes: Bytes,
    /// The room that it occupies.
    pub room: Option<OwnedSemaphorePermit>,
}

/// Collects a body of at most `max_bytes`. `announced` is its length as the client gave it.
///
/// # Errors
///
/// When the body is too large, too slow or breaks off, or there is no room for it.
pub async fn collect(
    body: Body,
    announced: Option<usize>,
    max_bytes: usize,
    timeout: Duration,
    budget: &Budget,
) -> Result<Arrived, BodyError> {
    if announced.is_some_and(|bytes| bytes > max_bytes.saturating_add(MAX_DISCARDED_BYTES)) {
        return Err(BodyError::TooLarge);
    }
    let arrived = tokio::time::timeout(timeout, read(body, max_bytes, budget)).await;
    let arrived = arrived.map_err(|_| BodyError::TooSlow)??;
    if announced.is_some_and(|bytes| bytes > max_bytes) {
        return Err(BodyError::TooLarge);
    }
    Ok(arrived)
}

async fn read(mut body: Body, max_bytes: usize, budget: &Budget) -> Result<Arrived, BodyError> {
    let (mut collected, mut seen, mut room) = (Vec::new(), 0_usize, None);
    while let Some(frame) = body.frame().await {
        // Trailers are no part of the body.
        let Ok(data) = frame.map_err(|_| BodyError::BrokenOff)?.into_data() else {
            continue;
        };
        seen = seen.saturating_add(data.len());
        if seen <= max_bytes {
            budget.extend(&mut room, seen)?;
            collected.extend_from_slice(&data);
        } else if seen - max_bytes <= MAX_DISCARDED_BYTES {
            (collected, room) = (Vec::new(), None);
        } else {
            break;
        }
    }
    if seen > max_bytes {
        return Err(BodyError::TooLarge);
    }
    Ok(Arrived {
        bytes: collected.into(),
        room,
    })
}

impl Budget {
    /// Makes the room of one body as large as the body has become.
    fn extend(&self, room: &mut Option<OwnedSemaphorePermit>, bytes: usize) -> Result<(), BodyError> {
        let taken = room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = bytes.div_ceil(UNIT_BYTES).saturating_sub(taken);
        if missing == 0 {
            return Ok(());
        }
        let missing = u32::try_from(missing).unwrap_or(u32::MAX);
        let more = Arc::clone(&self.0).try_acquire_many_owned(missing);
        let more = more.map_err(|_| BodyError::Overloaded)?;
        match room {
            Some(room) => room.merge(more),
            None => *room = Some(more),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    async fn of(bytes: usize, announced: Option<usize>, budget: &Budget) -> Result<Arrived, BodyError> {
        collect(Body::from(vec![b' '; bytes]), announced, 1_000_000, LONG, budget).await
    }

    #[tokio::test]
    async fn a_body_occupies_room_until_it_is_dropped() {
        let budget = Budget::default();
        let all = budget.0.available_permits();
        let arrived = of(UNIT_BYTES + 1, None, &budget).await.unwrap();
        assert_eq!(arrived.bytes.len(), UNIT_BYTES + 1);
        assert_eq!(budget.0.available_permits(), all - 2);
        drop(arrived);
        assert_eq!(budget.0.available_permits(), all);
    }

    #[tokio::test]
    async fn a_body_without_room_and_one_that_is_too_large_are_refused() {
        let budget = Budget(Arc::new(Semaphore::new(1)));
        assert_eq!(
            of(UNIT_BYTES + 1, None, &budget).await.unwrap_err(),
            BodyError::Overloaded
        );
        assert_eq!(budget.0.available_permits(), 1);
        assert_eq!(
            of(1_000_001, None, &budget).await.unwrap_err(),
            BodyError::TooLarge
        );
        assert_eq!(
            of(1, Some(1_000_001), &budget).await.unwrap_err(),
            BodyError::TooLarge
        );
        assert_eq!(
            of(0, Some(usize::MAX), &budget).await.unwrap_err(),
            BodyError::TooLarge
        );
        assert_eq!(budget.0.available_permits(), 1);
    }
}
