//! The states of processes that are kept in memory.
//!
//! Between two saves a state is changed in place as often as its events come, and is written as JSON once.
//! What was not needed for a while is dropped by halves: the younger half takes what is used, and when it
//! is full the older one goes. That is less exact than a queue by age, and costs nothing for each use.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::process::ProcessManager;
use event_store::Position;

use crate::{error::ProcessError, store::StoredProcess};

/// A process.
pub(super) struct Process<M> {
    pub(super) state: M,
    /// The newest event that it knows of, and when that was recorded.
    pub(super) newest: Option<(Position, DateTime<Utc>)>,
    /// Whether there is a row of it.
    pub(super) stored: bool,
}

/// The states of processes that are kept in memory.
pub(super) struct States<M> {
    young: HashMap<String, Process<M>>,
    old: HashMap<String, Process<M>>,
    /// Those that are not as they are stored.
    changed: HashSet<String>,
    /// How many the younger half may have after a save.
    half: usize,
}

impl<M: ProcessManager> States<M> {
    pub(super) fn new(kept: u64) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            changed: HashSet::new(),
            half: usize::try_from(kept / 2).unwrap_or(usize::MAX).max(1),
        }
    }

    pub(super) fn knows(&self, process_id: &str) -> bool {
        self.young.contains_key(process_id) || self.old.contains_key(process_id)
    }

    /// Takes over what was stored.
    pub(super) fn loaded(&mut self, process_id: String, state: M, newest: (Position, DateTime<Utc>)) {
        let process = Process {
            state,
            newest: Some(newest),
            stored: true,
        };
        self.young.insert(process_id, process);
    }

    /// A process that is about to change; one that is not known is a new one.
    pub(super) fn change(&mut self, process_id: &str) -> &mut Process<M> {
        if !self.changed.contains(process_id) {
            self.changed.insert(process_id.to_owned());
        }
        let old = &mut self.old;
        self.young.entry(process_id.to_owned()).or_insert_with(|| {
            old.remove(process_id).unwrap_or_else(|| Process {
                state: M::default(),
                newest: None,
                stored: false,
            })
        })
    }

    /// What is to be stored; from here on it counts as stored. Until it is, nobody may read it back.
    pub(super) fn take_unsaved(&mut self) -> Result<Vec<StoredProcess>, ProcessError> {
        let rows = self.unsaved()?;
        for process_id in self.changed.drain() {
            match self.young.get_mut(&process_id) {
                Some(process) if process.state.is_over() => drop(self.young.remove(&process_id)),
                Some(process) => process.stored = true,
                None => {}
            }
        }
        // Only now is nothing in either half that is not as it is stored.
        if self.young.len() > self.half {
            self.old = std::mem::take(&mut self.young);
        }
        Ok(rows)
    }

    fn unsaved(&self) -> Result<Vec<StoredProcess>, ProcessError> {
        let changed = self.changed.iter();
        let changed = changed.filter_map(|process_id| Some((process_id, self.young.get(process_id)?)));
        changed
            .filter_map(|(process_id, process)| Some((process_id, process, process.newest?)))
            .map(|(process_id, process, (position, recorded_at))| {
                Ok(StoredProcess {
                    process_id: process_id.clone(),
                    state: serde_json::to_string(&process.state).map_err(ProcessError::Encode)?,
                    status: process.state.status(),
                    step: process.state.step(),
                    over: process.state.is_over(),
                    position,
                    recorded_at,
                })
            })
            .collect()
    }
}
