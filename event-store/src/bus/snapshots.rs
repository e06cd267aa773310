//! When a snapshot is taken, and when one is used.

use std::{sync::Arc, time::Duration};

use cqrs_es::Aggregate;
use tokio::{sync::Mutex, time::Instant};

use super::hot::Hot;
use crate::{append::Ticket, event::StreamId, log::Log, snapshot::Snapshot};

/// How long an aggregate's next snapshot waits at least.
///
/// To write down a large state takes time under the lock of its aggregate, so one that is busy must not
/// do it after every so many events. What came in between is folded in well under a second.
const REST: Duration = Duration::from_secs(10);

/// For how many times as long as a snapshot took, none is taken of anything; not for longer than [`REST`].
///
/// Aggregates that are used alike are due at the same moment. All their snapshots at once would be seconds of
/// work for the server, and every order would wait for them.
const LEISURE: u32 = 9;

/// How the states of one aggregate type are kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct SnapshotPolicy<'bus> {
    /// Held while a snapshot of any aggregate is taken; when the next one may be.
    pub(super) next_at: &'bus Arc<Mutex<Instant>>,
    /// The version of the state's shape.
    pub(super) version: i32,
    /// After how many events a new one is worth its while.
    pub(super) every: i64,
}

/// What an aggregate in memory knows of its newest snapshot.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Taken {
    /// The sequence that it is of, or 0.
    pub(super) sequence: i64,
    at: Option<Instant>,
}

impl<A: Aggregate> Hot<A> {
    /// Starts from the newest snapshot, if there is one that can be read.
    pub(super) async fn restore(&mut self, log: &Log, stream: &StreamId, policy: SnapshotPolicy<'_>) {
        let snapshot = match log.load_snapshot(stream, policy.version).await {
            Ok(snapshot) => snapshot,
            Err(error) => {
                tracing::debug!(%stream, %error, "a snapshot could not be loaded");
                None
            }
        };
        let Some(snapshot) = snapshot else { return };
        match serde_json::from_str(&snapshot.state) {
            Ok(state) => {
                (self.state, self.sequence) = (state, snapshot.sequence);
                self.taken.sequence = snapshot.sequence;
            }
            Err(error) => {
                tracing::warn!(%stream, %error, "a snapshot cannot be read; the events are folded instead");
            }
        }
    }

    /// Leaves a snapshot for whoever loads the aggregate next, when it is worth it.
    ///
    /// It is written in the background, and only after the write that the state rests on succeeded: a
    /// snapshot of something that never happened would be believed.
    pub(super) fn keep(
        &mut self,
        log: &Log,
        stream: &StreamId,
        policy: SnapshotPolicy<'_>,
        rests_on: Option<Ticket>,
    ) {
        let rested = |at: Instant| at.elapsed() >= REST;
        if self.sequence - self.taken.sequence < policy.every || !self.taken.at.is_none_or(rested) {
            return;
        }
        // The next event asks again.
        let next_at = Arc::clone(policy.next_at).try_lock_owned();
        let Some(mut next_at) = next_at.ok().filter(|at| Instant::now() >= **at) else {
            return;
        };
        self.taken = Taken {
            sequence: self.sequence,
            at: Some(Instant::now()),
        };
        let state = match serde_json::to_string(&self.state) {
            Ok(state) => state,
            Err(error) => {
                tracing::warn!(%stream, %error, "a state cannot be written down; it is folded each time");
                return;
            }
        };
        let snapshot = Snapshot {
            version: policy.version,
            sequence: self.sequence,
            state,
        };
        let (log, stream) = (log.clone(), stream.clone());
        tokio::spawn(async move {
            if !super::attempt::succeeded(rests_on).await {
                return;
            }
            let began = Instant::now();
            if let Err(error) = log.save_snapshot(&stream, snapshot).await {
                tracing::warn!(%stream, %error, "a snapshot could not be written");
            }
            *next_at = Instant::now() + (LEISURE * began.elapsed()).min(REST);
        });
    }
}
