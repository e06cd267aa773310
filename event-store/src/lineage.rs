//! The mark that is shared by everything decided on one load of an aggregate.
//!
//! The command bus decides a command on top of writes that are not durable yet. The sequence that the
//! command expects does not prove that those writes happened: another process may have written just as
//! many events in their place. So every write carries the lineage of the state that it was decided on. The
//! writer breaks the lineage of each write that does not happen, before it takes the next batch, and refuses
//! what is queued on a broken lineage.
//!
//! What always holds: a write is only sent to the log while every earlier write of its lineage is in it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// What a state was built on. Clones share one mark.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lineage(Arc<AtomicBool>);

impl Lineage {
    /// Something that the state was built on did not happen, or is not known to have happened.
    pub(crate) fn break_off(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether [`Lineage::break_off`] was called on any clone.
    pub(crate) fn is_broken(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Whether both are of the same load.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
