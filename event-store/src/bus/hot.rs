//! An aggregate in memory.

use cqrs_es::Aggregate;

use super::{
    BusError,
    attempt::Seen,
    snapshots::{SnapshotPolicy, Taken},
};
use crate::{
    append::Ticket,
    decode::Decoder,
    event::{Sequence, StreamId},
    lineage::Lineage,
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
    /// The state cannot be relied on: it was never loaded, or a decision on it was cut short.
    pub(super) dirty: bool,
    /// Whether the state was loaded at least once, or taken for new.
    loaded: bool,
    /// What the state is built on since it was loaded; broken when one of those writes does not happen.
    pub(super) lineage: Lineage,
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
            loaded: false,
            lineage: Lineage::default(),
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
        if !self.dirty && !self.lineage.is_broken() {
            return Ok(());
        }
        self.dirty = true;
        // What is still queued must land first, or it would be missing from what is loaded.
        if let Some(ticket) = self.newest.take() {
            // Whether it succeeded shows in the log.
            let _outcome = ticket.await;
        }
        (self.state, self.sequence) = (A::default(), 0);
        (self.loaded, self.lineage) = (true, Lineage::default());
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
        if !self.loaded {
            (self.loaded, self.dirty) = (true, false);
        }
    }

    /// What a decision on this state rests on.
    pub(super) fn seen(&self) -> Seen {
        Seen {
            sequence: self.sequence,
            lineage: self.lineage.clone(),
            rests_on: self.newest.clone(),
        }
    }
}
