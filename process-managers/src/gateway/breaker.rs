//! The circuit breaker: a gateway that does not answer is left alone for a while.
//!
//! ```text
//!           enough failures in a row                    time is up
//! closed ──────────────────────────────► open ───────────────────────► half open, one trial call
//!   ▲                                      ▲      the trial fails          │
//!   │                                      └──────────────────────────────┤
//!   └──────────────────────────────────────────────── the trial succeeds ──┘
//! ```
//!
//! A failure is a call without an answer. A gateway that says no has answered.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Serialize;
use tokio::time::Instant;

use crate::options::GatewayLimits;

/// When to retry while the trial call is under way.
const DURING_TRIAL: Duration = Duration::from_secs(1);

/// Whether the payment gateway is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Breaker {
    /// Yes.
    #[default]
    Closed,
    /// No: it did not answer too often.
    Open,
    /// One call is under way to find out.
    HalfOpen,
}

/// Counts failures and opens.
pub(super) struct CircuitBreaker {
    limits: GatewayLimits,
    state: Mutex<State>,
}

enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    HalfOpen,
}

/// The right to make one call. Dropped before it was used up, it leaves no trace but a free trial.
pub(super) struct Permit<'a> {
    breaker: &'a CircuitBreaker,
    trial: bool,
    used: bool,
}

impl CircuitBreaker {
    pub(super) const fn new(limits: GatewayLimits) -> Self {
        Self {
            limits,
            state: Mutex::new(State::Closed { failures: 0 }),
        }
    }

    /// Lets a call pass, or says when to retry.
    pub(super) fn admit(&self, now: Instant) -> Result<Permit<'_>, Duration> {
        let mut state = self.state();
        let trial = match *state {
            State::Closed { .. } => false,
            State::Open { until } if now >= until => {
                *state = State::HalfOpen;
                true
            }
            State::Open { until } => return Err(until - now),
            State::HalfOpen => return Err(DURING_TRIAL.min(self.limits.open_for)),
        };
        Ok(Permit {
            breaker: self,
            trial,
            used: false,
        })
    }

    pub(super) fn status(&self) -> Breaker {
        match *self.state() {
            State::Closed { .. } => Breaker::Closed,
            State::Open { .. } => Breaker::Open,
            State::HalfOpen => Breaker::HalfOpen,
        }
    }

    /// No code panics while it holds the lock, so a poisoned one is sound.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// The gateway answered, whatever it said.
    pub(super) fn answered(mut self) {
        self.used = true;
        *self.breaker.state() = State::Closed { failures: 0 };
    }

    /// It did not.
    pub(super) fn failed(mut self, now: Instant) {
        self.used = true;
        let limits = self.breaker.limits;
        let mut state = self.breaker.state();
        let open = State::Open {
            until: now + limits.open_for,
        };
        match &mut *state {
            State::Closed { failures } => {
                *failures += 1;
                if *failures >= limits.failures_to_open {
                    tracing::warn!(
                        failures,
                        "the payment gateway does not answer and is left alone for a while"
                    );
                    *state = open;
                }
            }
            State::HalfOpen if self.trial => *state = open,
            // A call from before it opened: it tells nothing new.
            State::HalfOpen | State::Open { .. } => {}
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.trial && !self.used {
            *self.breaker.state() = State::Open {
                until: Instant::now(),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: GatewayLimits = GatewayLimits {
        time_limit: Duration::from_secs(5),
        failures_to_open: 5,
        open_for: Duration::from_secs(30),
    };

    fn opened(now: Instant) -> CircuitBreaker {
        let breaker = CircuitBreaker::new(LIMITS);
        for _ in 0..5 {
            assert_eq!(breaker.status(), Breaker::Closed);
            breaker.admit(now).map_err(|_| ()).unwrap().failed(now);
        }
        breaker
    }

    fn refusal(breaker: &CircuitBreaker, now: Instant) -> Option<Duration> {
        breaker.admit(now).err()
    }

    #[tokio::test]
    async fn five_failures_in_a_row_open_it_for_thirty_seconds() {
        let now = Instant::now();
        let breaker = opened(now);
        assert_eq!(breaker.status(), Breaker::Open);
        let later = now + Duration::from_secs(29);
        assert_eq!(refusal(&breaker, later), Some(Duration::from_secs(1)));
    }

    #[tokio::test]
    async fn an_answer_in_between_begins_the_count_anew() {
        let (breaker, now) = (CircuitBreaker::new(LIMITS), Instant::now());
        for _ in 0..3 {
            for _ in 0..4 {
                breaker.admit(now).map_err(|_| ()).unwrap().failed(now);
            }
            breaker.admit(now).map_err(|_| ()).unwrap().answered();
        }
        assert_eq!(breaker.status(), Breaker::Closed);
    }

    #[tokio::test]
    async fn then_one_call_is_tried_and_decides() {
        let now = Instant::now();
        let later = now + Duration::from_secs(30);
        let breaker = opened(now);
        let trial = breaker.admit(later).map_err(|_| ()).unwrap();
        assert_eq!(breaker.status(), Breaker::HalfOpen);
        assert_eq!(refusal(&breaker, later), Some(DURING_TRIAL));
        trial.failed(later);
        assert_eq!(refusal(&breaker, later), Some(LIMITS.open_for));
        let latest = later + Duration::from_secs(30);
        breaker.admit(latest).map_err(|_| ()).unwrap().answered();
        assert_eq!(breaker.status(), Breaker::Closed);
    }

    #[tokio::test]
    async fn a_trial_that_is_given_up_leaves_room_for_another() {
        let now = Instant::now();
        let breaker = opened(now);
        let later = now + Duration::from_secs(30);
        drop(breaker.admit(later).map_err(|_| ()).unwrap());
        assert!(breaker.admit(later + Duration::from_secs(1)).is_ok());
    }
}
