//! Calls whose answer does not come are made again.
//!
//! The sender retries for about a day, then parks the call for an operator. Meanwhile and afterwards the process
//! asks for the call again at growing intervals, so that a gateway that recovers is asked without an operator.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Action, KnownPayment, TimerName};
use crate::{payment::PaymentEvent, process::fulfilment::after};

/// How long the first answer may take; the first quick tries are long over by then.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(1);

/// The waits double up to this one.
const LONGEST_WAIT_MINUTES: i64 = 24 * 60;

/// How often a call is made again before people must look: about eight days, and no gateway keeps an
/// authorisation for longer than a week.
const MAX_RINGS: u32 = 17;

/// How long the process waits before it makes a call again, wait by wait: from the first to the last.
#[cfg(test)]
pub(in crate::process) fn waits() -> Vec<TimeDelta> {
    std::iter::once(FIRST_WAIT)
        .chain((1..MAX_RINGS).map(wait_after))
        .collect()
}

/// The wait after so many rings: it doubles up to the longest.
fn wait_after(rings: u32) -> TimeDelta {
    let doubled = 1_i64.checked_shl(rings.min(16)).unwrap_or(LONGEST_WAIT_MINUTES);
    TimeDelta::minutes(doubled.min(LONGEST_WAIT_MINUTES))
}

impl KnownPayment {
    /// Remembers the calls among the actions, and sets the timer that makes them again.
    pub(super) fn watch(&mut self, mut actions: Vec<Action>, at: DateTime<Utc>) -> Vec<Action> {
        let before = self.open.len();
        for action in &actions {
            if let Action::Gateway(call) = action {
                self.open.push(call.clone());
            }
        }
        if self.open.len() > before && !self.waits {
            self.rings = 0;
            self.waits = true;
            actions.push(Action::SetTimer {
                name: TimerName::GatewayAnswer,
                due_at: after(at, FIRST_WAIT),
            });
        }
        actions
    }

    /// An event may be the outcome of a call.
    pub(super) fn hear(&mut self, event: &PaymentEvent) {
        self.open.retain(|call| !call.is_answered_by(event));
    }

    /// Stops the timer when no answer is missing.
    pub(super) fn rest(&mut self, mut actions: Vec<Action>) -> Vec<Action> {
        if self.waits && self.open.is_empty() {
            self.waits = false;
            actions.push(Action::CancelTimer {
                name: TimerName::GatewayAnswer,
            });
        }
        actions
    }

    pub(super) fn ask_again(&mut self, due_at: DateTime<Utc>) -> Vec<Action> {
        self.waits = false;
        if self.open.is_empty() {
            return Vec::new();
        }
        self.rings = self.rings.saturating_add(1);
        if self.gave_up() {
            return Vec::new();
        }
        let wait = wait_after(self.rings);
        self.waits = true;
        let mut actions: Vec<Action> = self.open.iter().cloned().map(Action::Gateway).collect();
        actions.push(Action::SetTimer {
            name: TimerName::GatewayAnswer,
            due_at: after(due_at, wait),
        });
        actions
    }

    /// Whether calls are open that nobody makes again any more.
    pub(super) fn gave_up(&self) -> bool {
        self.rings > MAX_RINGS && !self.open.is_empty()
    }
}
