//! How a process manager is doing, for health checks and for those who wait for it.

use chrono::{DateTime, Utc};
use event_store::Position;
use serde::Serialize;

use crate::gateway::Breaker;

/// How one process manager is doing in this process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ManagerStatus {
    /// Its name.
    pub manager: &'static str,
    /// Whether this copy works it. If not, another one does, or none can.
    pub active: bool,
    /// The newest event that it reacted to; it follows some aggregate types only, so it may stay
    /// behind the head of the log with nothing left to do. 0 while not active.
    pub position: Position,
    /// Actions that were begun and have not ended.
    pub in_flight: usize,
    /// Reactions that are not stored yet; after a crash they are made again.
    pub unsaved: usize,
    /// When the next timer rings.
    pub next_timer_at: Option<DateTime<Utc>>,
    /// Whether the payment gateway is asked at all.
    pub breaker: Breaker,
    /// Actions that wait for their next try because something cannot be reached.
    pub deferred: i64,
    /// Actions that were given up and wait for people.
    pub parked: i64,
    /// Why it stopped last, until it works again.
    pub last_error: Option<String>,
}
