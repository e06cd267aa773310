//! Whether this process can do its work, as `/health/live` and `/health/ready` tell it.
//!
//! A part of the process registers a name and reports its state when that changes, so
//! asking costs nothing and can never hang on a slow dependency. It knows no web
//! framework: whoever serves the report turns [`HealthReport::ready`] into a status.
//!
//! Alive is whoever answers at all; that needs no registry.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

/// All readiness checks of a process.
#[derive(Debug, Clone, Default)]
pub struct HealthRegistry {
    checks: Arc<Mutex<BTreeMap<String, CheckState>>>,
}

/// The state of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CheckState {
    /// It can do its work.
    Ready,
    /// It cannot, and says why.
    NotReady {
        /// The reason, for an operator; it must hold no secret and nothing personal.
        message: String,
    },
}

/// The states of all checks at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HealthReport {
    /// Whether every check is ready.
    pub ready: bool,
    /// Every check by its name.
    pub checks: BTreeMap<String, CheckState>,
}

/// The right to report one check.
///
/// When it is dropped the check is not ready any more: a worker that panics takes its
/// reporter with it, and that is exactly when nobody is left to report.
#[derive(Debug)]
pub struct HealthReporter {
    name: String,
    registry: HealthRegistry,
}

impl HealthRegistry {
    /// A registry without checks, which is ready.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check, not ready until its reporter says so. A name used before is taken over.
    #[must_use]
    pub fn register(&self, name: impl Into<String>) -> HealthReporter {
        let reporter = HealthReporter {
            name: name.into(),
            registry: self.clone(),
        };
        reporter.not_ready("has not started yet");
        reporter
    }

    /// The states of all checks now.
    #[must_use]
    pub fn report(&self) -> HealthReport {
        let checks = self.lock().clone();
        HealthReport {
            ready: checks.values().all(|state| *state == CheckState::Ready),
            checks,
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, CheckState>> {
        // Every change is one insert, so the map is whole even after a panic.
        self.checks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HealthReporter {
    /// It can do its work.
    pub fn ready(&self) {
        self.set(CheckState::Ready);
    }

    /// It cannot do its work, because of `message`.
    pub fn not_ready(&self, message: impl Into<String>) {
        self.set(CheckState::NotReady {
            message: message.into(),
        });
    }

    fn set(&self, state: CheckState) {
        self.registry.lock().insert(self.name.clone(), state);
    }
}

impl Drop for HealthReporter {
    fn drop(&mut self) {
        self.not_ready("has stopped");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_process_is_ready_when_all_its_checks_are() {
        let registry = HealthRegistry::new();
        let database = registry.register("database");
        let orders = registry.register("projection orders");
        assert!(!registry.report().ready);
        database.ready();
        orders.ready();
        assert!(registry.report().ready);
        database.not_ready("the server does not answer");
        assert!(!registry.report().ready);
    }

    #[test]
    fn a_check_whose_worker_is_gone_is_not_ready() {
        let registry = HealthRegistry::new();
        let worker = registry.register("relay");
        worker.ready();
        drop(worker);
        assert!(!registry.report().ready);
    }

    #[test]
    fn a_report_reads_well_as_json() {
        let registry = HealthRegistry::new();
        let database = registry.register("database");
        let _relay = registry.register("relay");
        database.ready();
        assert_eq!(
            serde_json::to_value(registry.report()).unwrap(),
            json!({
                "ready": false,
                "checks": {
                    "database": {"state": "ready"},
                    "relay": {"state": "not_ready", "message": "has not started yet"},
                },
            })
        );
    }
}
