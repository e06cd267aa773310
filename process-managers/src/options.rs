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
    /// How many events are read at once; reactions to some pages of them are stored at once.
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
    /// How often what happened in memory is stored; less often, up to half a second, while storing takes
    /// more than a tenth of the time. After a crash the events of this long are reacted to again, and readers
    /// of the tables see states that are at most this old.
    pub save_every: Duration,
    /// How long this copy counts as the working one after its connection answered. It asks before it goes
    /// on after a longer pause. A copy that takes over lets no timer ring before twice this has passed and it
    /// has reacted to everything that the log held then.
    pub lease: Duration,
    /// How often the working copy looks for actions whose next try is due.
    pub poll: Duration,
    /// How long a process is kept after nothing can happen to it any more.
    pub forget_after: Duration,
    /// How often ended processes are looked for; at most `batch_events` are forgotten at once.
    pub forget_every: Duration,
    /// How long what was begun may take to end when the runner is asked to stop.
    pub drain: Duration,
    /// How patient the service is with the payment gateway.
    pub gateway: GatewayLimits,
}

/// How patient the service is with the payment gateway.
#[derive(Debug, Clone, Copy)]
pub struct GatewayLimits {
    /// How long one call may take. Afterwards its outcome is unknown, and it is asked again.
    pub time_limit: Duration,
    /// After this many calls in a row without an answer no more are made.
    pub failures_to_open: u32,
    /// For how long, until one trial call is made.
    pub open_for: Duration,
}

impl Default for GatewayLimits {
    fn default() -> Self {
        Self {
            time_limit: Duration::from_secs(5),
            failures_to_open: 5,
            open_for: Duration::from_secs(30),
        }
    }
}

impl Default for RunnerOptions {
    fn default() -> Self {
        Self {
            batch_events: 500,
            concurrent_commands: 64,
            concurrent_gateway_calls: 64,
            max_in_flight: 1_024,
            cached_processes: 10_000,
            save_every: Duration::from_millis(100),
            lease: Duration::from_millis(500),
            poll: Duration::from_millis(500),
            forget_after: Duration::from_secs(7 * 24 * 60 * 60),
            forget_every: Duration::from_secs(60),
            drain: Duration::from_secs(5),
            gateway: GatewayLimits::default(),
        }
    }
}
