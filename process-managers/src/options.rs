//! What a runner works with, and within which limits.

use std::{sync::Arc, time::Duration};

use event_store::{CommandBus, Decoder};
use sqlx::PgPool;

use crate::gateway::PaymentGateway;

/// What a runner works with.
#[derive(Clone)]
pub struct Wiring {
    /// Where states and outbox are. Each process manager takes one connection out of the pool for as
    /// long as it runs, beyond the pool's own limit.
    pub pool: PgPool,
    /// Takes the commands; its log is the one that is followed.
    pub bus: Arc<CommandBus>,
    /// Reads the events.
    pub decoder: Arc<Decoder>,
    /// Moves the money of cards.
    pub gateway: Arc<dyn PaymentGateway>,
}

/// The limits of a runner, for each process manager.
#[derive(Debug, Clone, Copy)]
pub struct RunnerOptions {
    /// How many events are reacted to in one transaction at most.
    pub batch_events: usize,
    /// How many commands are sent at the same time.
    pub concurrent_commands: usize,
    /// How many calls to the gateway are under way at the same time.
    pub concurrent_gateway_calls: usize,
    /// With this many actions begun and not ended, no more events are taken. One page of events may
    /// go beyond it.
    pub max_in_flight: usize,
    /// How many processes are kept in memory between their events.
    pub cached_processes: u64,
    /// How often a copy that waits looks whether the working one is gone, and the working one looks
    /// for actions whose next try is due.
    pub poll: Duration,
    /// How long what was begun may take to end when the runner is asked to stop.
    pub drain: Duration,
}

impl Default for RunnerOptions {
    fn default() -> Self {
        Self {
            batch_events: 500,
            concurrent_commands: 64,
            concurrent_gateway_calls: 64,
            max_in_flight: 1_024,
            cached_processes: 10_000,
            poll: Duration::from_millis(500),
            drain: Duration::from_secs(5),
        }
    }
}
