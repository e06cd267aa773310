//! How far the workers of this process are, for the readers of the same process.

use std::{collections::HashMap, sync::Arc, time::Instant};

use event_store::Position;
use tokio::sync::watch;

use crate::registry::registry;

/// How far the workers of this process are. Clones are the same; a process that only reads has one
/// that nobody writes to.
#[derive(Debug, Clone)]
pub struct Progress {
    workers: Arc<HashMap<&'static str, watch::Sender<Local>>>,
}

/// What a worker of this process says of its read model.
#[derive(Debug, Clone)]
pub(crate) struct Local {
    /// The live generation and its position, if a worker of this process feeds it.
    pub(crate) here: Option<Here>,
    /// When this process began or ceased to work the generation: what was looked up before is old.
    pub(crate) since: Instant,
}

/// A live generation that is fed by this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Here {
    pub(crate) schema_name: String,
    pub(crate) schema_version: i32,
    /// Visible to readers up to here.
    pub(crate) position: Position,
}

impl Default for Progress {
    fn default() -> Self {
        let idle = || watch::Sender::new(Local { here: None, since: Instant::now() });
        let workers = registry().iter().map(|model| (model.name, idle())).collect();
        Self { workers: Arc::new(workers) }
    }
}

impl Progress {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Follows the worker of a read model.
    pub(crate) fn watch(&self, projection: &str) -> Option<watch::Receiver<Local>> {
        self.workers.get(projection).map(watch::Sender::subscribe)
    }

    pub(crate) fn publish(&self, projection: &str, here: Option<Here>) {
        let Some(worker) = self.workers.get(projection) else { return };
        worker.send_if_modified(|local| {
            if local.here == here {
                return false;
            }
            let schema = |here: &Option<Here>| here.as_ref().map(|here| here.schema_name.clone());
            if schema(&local.here) != schema(&here) {
                local.since = Instant::now();
            }
            local.here = here;
            true
        });
    }
}
