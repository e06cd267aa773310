//! An aggregate in memory.

use cqrs_es::Aggregate;

use super::{
    BusError, Seen,
    snapshots::{SnapshotPolicy, Taken},
};
use crate::{
    append::Ticket,
    decode::Decoder,
    event::{Sequence, StreamId},
    log::Log,
};

/// How many events of an aggregate are loaded at once.
const LOAD_PAGE: usize = 1_000;

/// An aggregate in memory, perhaps ahead of the disk.
pub(super) struct Hot<A> {
    pub(super) state: A,
    /// The sequence of the last event in the state, durable or queued.
    pub(super) sequence: Sequence,
    /// The last write that the state rests on, while it may still fail.
    pub(super) newest: Option<Ticket>,
    /// The state cannot be relied on: it was never loaded, or something went wrong in between.
    pub(super) dirty: bool,
    /// Counts the loads, so that a late failure does not throw away what was loaded after it.
    pub(super) epoch: u64,
    /// Its newest snapshot.
    pub(super) taken: Taken,
}

impl<A: Default> Default for Hot<A> {
    fn default() -> Self {
        Self {
            state: A::default(),
            sequence: 0,
            newest: None,
            dirty: true,
            epoch: 0,
            taken: Taken::default(),
        }
    }
}

impl<A: Aggregate> Hot<A> {
    /// Loads the aggregate from the log unless the memory can be relied on.
    pub(super) async fn refresh<E>(
        &mut self,
        log: &Log,
        decoder: &Decoder,
        stream: &StreamId,
        snapshots: Option<SnapshotPolicy<'_>>,
    ) -> Result<(), BusError<E>> {
        if !self.dirty {
            return Ok(());
        }
        // What is still queued must land first, or it would be missing from what is loaded.
        if let Some(ticket) = self.newest.take() {
            // Whether it succeeded shows in the log.
            let _outcome = ticket.await;
        }
        (self.state, self.sequence) = (A::default(), 0);
        self.epoch += 1;
        if let Some(policy) = snapshots {
            self.taken.sequence = 0;
            self.restore(log, stream, policy).await;
        }
        loop {
            let page = log
                .load(stream, self.sequence, LOAD_PAGE)
                .await
                .map_err(BusError::from_read)?;
            for event in &page {
                self.state
                    .apply(decoder.decode(event).map_err(BusError::Undecodable)?);
                self.sequence = event.sequence;
            }
            if page.len() < LOAD_PAGE {
                break;
            }
        }
        self.dirty = false;
        if let Some(policy) = snapshots {
            self.keep(log, stream, policy, None);
        }
        Ok(())
    }

    /// Takes the word of a caller that nothing ever happened to this aggregate. Whether that is so, the
    /// log finds out when it is written to; from then on it is loaded like any other.
    pub(super) fn assume_new(&mut self) {
        if self.dirty && self.epoch == 0 {
            self.dirty = false;
            self.epoch = 1;
        }
    }

    /// What a decision on this state rests on.
    pub(super) fn seen(&self) -> Seen {
        Seen {
            sequence: self.sequence,
            epoch: self.epoch,
            rests_on: self.newest.clone(),
        }
    }

    /// A write of this epoch failed: the state was built on something that never happened.
    pub(super) fn forget(&mut self, epoch: u64) {
        if self.epoch == epoch {
            self.dirty = true;
        }
    }
}
