//! How far the workers of this process are, for the readers of the same process.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use event_store::Position;
use tokio::sync::watch;

use crate::{reading::Session, registry::registry};

/// How far the workers of this process are. Clones are the same; a process that only reads has one
/// that nobody writes to.
#[derive(Debug, Clone)]
pub struct Progress {
    workers: Arc<HashMap<&'static str, watch::Sender<Local>>>,
    /// The newest session of the readers of this process.
    session: Arc<AtomicU64>,
}

/// What a worker of this process says of its read model.
#[derive(Debug, Clone)]
pub(crate) struct Local {
    /// The live generation and its position, if a worker of this process feeds it.
    pub(crate) here: Option<Here>,
    /// When this process began or ceased to work the generation: what was looked up before is old.
    pub(crate) since: Instant,
    /// The generation that this process made or found live last.
    live: Option<String>,
}

/// A live generation that is fed by this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Here {
    pub(crate) schema_name: String,
    pub(crate) schema_version: i32,
    /// Visible to readers up to here.
    pub(crate) position: Position,
    /// The session during which that was found to be so. A crash of the server ends it.
    pub(crate) session: Session,
}

impl Default for Progress {
    fn default() -> Self {
        let idle = || {
            watch::Sender::new(Local {
                here: None,
                since: Instant::now(),
                live: None,
            })
        };
        let workers = registry().iter().map(|model| (model.name, idle())).collect();
        Self {
            workers: Arc::new(workers),
            session: Arc::default(),
        }
    }
}

impl Progress {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The newest session of the readers of this process. What is committed after this call was committed
    /// during it.
    pub(crate) fn session(&self) -> Session {
        Session(self.session.load(Ordering::SeqCst))
    }

    /// Numbers a session that has just answered.
    pub(crate) fn begin_session(&self) -> Session {
        Session(self.session.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// Follows the worker of a read model.
    pub(crate) fn watch(&self, projection: &str) -> Option<watch::Receiver<Local>> {
        self.workers.get(projection).map(watch::Sender::subscribe)
    }

    /// Another generation is live from here on. A worker that has not noticed yet is not listened to, or
    /// readers would go back to what it feeds.
    pub(crate) fn switch_to(&self, projection: &str, schema_name: &str) {
        let Some(worker) = self.workers.get(projection) else {
            return;
        };
        worker.send_if_modified(|local| {
            if local.live.as_deref() == Some(schema_name) {
                return false;
            }
            *local = Local {
                here: None,
                since: Instant::now(),
                live: Some(schema_name.to_owned()),
            };
            true
        });
    }

    /// Says how far the live generation is, if a worker of this process feeds it.
    pub(crate) fn publish(&self, projection: &str, here: Option<Here>) {
        let Some(worker) = self.workers.get(projection) else {
            return;
        };
        worker.send_if_modified(|local| {
            let is_live = here
                .as_ref()
                .is_none_or(|here| local.live.as_ref() == Some(&here.schema_name));
            if local.here == here || !is_live {
                return false;
            }
            if local.here.is_some() != here.is_some() {
                local.since = Instant::now();
            }
            local.here = here;
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(schema_name: &str, position: Position) -> Option<Here> {
        Some(Here {
            schema_name: schema_name.to_owned(),
            schema_version: 1,
            position,
            session: Session(1),
        })
    }

    #[test]
    fn a_worker_that_missed_the_switch_is_not_listened_to() {
        let progress = Progress::new();
        let local = progress.watch("orders").unwrap();
        progress.switch_to("orders", "orders_g1");
        progress.publish("orders", here("orders_g1", 5));
        assert_eq!(local.borrow().here, here("orders_g1", 5));
        progress.switch_to("orders", "orders_g2");
        progress.publish("orders", here("orders_g1", 6));
        assert_eq!(local.borrow().here, None);
        progress.publish("orders", here("orders_g2", 7));
        assert_eq!(local.borrow().here, here("orders_g2", 7));
    }
}
