//! A process manager as it runs: what survives a crash, and what does not.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{random::Random, shop::Recorded};
use crate::process::{Action, ProcessManager, TimerName};

/// What names an action: the same after every crash, because it follows from what caused it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    manager: &'static str,
    cause: Cause,
    index: usize,
    /// The answer to a call to the gateway, and not the call.
    is_answer: bool,
}

impl Key {
    /// Of the answer to this call.
    pub(super) fn of_answer(&self) -> Self {
        Self {
            is_answer: true,
            ..self.clone()
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Event(usize),
    Timer(String, TimerName, DateTime<Utc>),
}

/// An action that was decided and not carried out for sure.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) key: Key,
    pub(super) action: Action,
    /// Forgotten in a crash: it is then sent again.
    pub(super) is_sent: bool,
}

/// One process manager: everything but `is_sent` is in the database.
#[derive(Debug)]
pub(super) struct Runner<P> {
    pub(super) checkpoint: usize,
    pub(super) processes: BTreeMap<String, P>,
    pub(super) timers: BTreeMap<(String, TimerName), DateTime<Utc>>,
    pub(super) outbox: Vec<Outgoing>,
}

impl<P: ProcessManager + PartialEq + std::fmt::Debug> Runner<P> {
    pub(super) const fn new() -> Self {
        Self {
            checkpoint: 0,
            processes: BTreeMap::new(),
            timers: BTreeMap::new(),
            outbox: Vec::new(),
        }
    }

    pub(super) fn has_unsent(&self) -> bool {
        self.outbox.iter().any(|outgoing| !outgoing.is_sent)
    }

    pub(super) fn next_timer(&self) -> Option<DateTime<Utc>> {
        self.timers.values().min().copied()
    }

    /// Reads the next event. A crash before the commit leaves nothing behind.
    pub(super) fn read(&mut self, log: &[Recorded], crashes: bool, keep: impl Fn(&Action) -> bool) {
        let position = self.checkpoint;
        let recorded = &log[position];
        let Some(id) = P::route(&recorded.id, &recorded.event) else {
            self.checkpoint += 1;
            return;
        };
        if crashes {
            let mut lost = self.processes.get(&id).cloned().unwrap_or_default();
            lost.react(&recorded.id, &recorded.event, recorded.at);
            return;
        }
        let process = self.processes.entry(id.clone()).or_default();
        let actions = process.react(&recorded.id, &recorded.event, recorded.at);
        self.checkpoint += 1;
        self.store(&id, &Cause::Event(position), actions, keep);
    }

    /// Rings a timer that is due.
    pub(super) fn ring(&mut self, now: DateTime<Utc>, random: &mut Random, keep: impl Fn(&Action) -> bool) {
        let due: Vec<&(String, TimerName)> = self
            .timers
            .iter()
            .filter(|(_, due_at)| **due_at <= now)
            .map(|(timer, _)| timer)
            .collect();
        if due.is_empty() {
            return;
        }
        let (id, name) = due[random.below(due.len())].clone();
        let due_at = self.timers.remove(&(id.clone(), name)).unwrap();
        let actions = self
            .processes
            .get_mut(&id)
            .map(|process| process.timer(&id, name, due_at));
        let cause = Cause::Timer(id.clone(), name, due_at);
        self.store(&id, &cause, actions.unwrap_or_default(), keep);
    }

    fn store(&mut self, id: &str, cause: &Cause, actions: Vec<Action>, keep: impl Fn(&Action) -> bool) {
        for (index, action) in actions.into_iter().enumerate() {
            if !keep(&action) {
                continue;
            }
            match action {
                Action::SetTimer { name, due_at } => {
                    self.timers.insert((id.to_owned(), name), due_at);
                }
                Action::CancelTimer { name } => {
                    self.timers.remove(&(id.to_owned(), name));
                }
                action => self.outbox.push(Outgoing {
                    key: Key {
                        manager: P::NAME,
                        cause: cause.clone(),
                        index,
                        is_answer: false,
                    },
                    action,
                    is_sent: false,
                }),
            }
        }
    }

    /// Sends something that was not sent yet, or not since the last crash.
    pub(super) fn send(&mut self, random: &mut Random) -> Option<(Key, Action)> {
        let unsent: Vec<usize> = (0..self.outbox.len())
            .filter(|index| !self.outbox[*index].is_sent)
            .collect();
        let outgoing = &mut self.outbox[*unsent.get(random.below(unsent.len().max(1)))?];
        outgoing.is_sent = true;
        Some((outgoing.key.clone(), outgoing.action.clone()))
    }

    /// What became of something that was sent: it is done with, or it will be sent again.
    pub(super) fn acknowledge(&mut self, key: &Key, is_done: bool) {
        if let Some(index) = self.outbox.iter().position(|outgoing| outgoing.key == *key) {
            if is_done {
                self.outbox.swap_remove(index);
            } else {
                self.outbox[index].is_sent = false;
            }
        }
    }

    /// The service dies: nobody remembers what was sent, and states are read back from where they were stored.
    pub(super) fn crash(&mut self) {
        for outgoing in &mut self.outbox {
            outgoing.is_sent = false;
        }
        if let Some(process) = self.processes.values_mut().next_back() {
            let stored = serde_json::to_string(process).unwrap();
            let read: P = serde_json::from_str(&stored).unwrap();
            assert_eq!(read, *process);
            *process = read;
        }
    }
}
