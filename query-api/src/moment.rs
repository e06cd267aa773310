//! The moment that an answer is of.
//!
//! It is one for the whole answer: a lot must not expire in the middle of it. A subscription lives for days, and
//! each of its answers has its own.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// The moment that an answer is of.
pub(crate) struct Moment {
    clock: fn() -> DateTime<Utc>,
    now: Mutex<DateTime<Utc>>,
}

impl Moment {
    pub(crate) fn new(clock: fn() -> DateTime<Utc>) -> Self {
        Self {
            clock,
            now: Mutex::new(clock()),
        }
    }

    /// Begins the next answer.
    pub(crate) fn renew(&self) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = (self.clock)();
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[test]
    fn the_moment_stands_within_an_answer_and_moves_with_the_next() {
        static DAYS: AtomicI64 = AtomicI64::new(0);
        let clock = || {
            let days = chrono::Days::new(DAYS.load(Ordering::Relaxed).unsigned_abs());
            DateTime::<Utc>::UNIX_EPOCH + days
        };
        let moment = Moment::new(clock);
        DAYS.store(2, Ordering::Relaxed);
        assert_eq!(moment.now(), DateTime::<Utc>::UNIX_EPOCH);
        moment.renew();
        assert_eq!(moment.now(), DateTime::<Utc>::UNIX_EPOCH + chrono::Days::new(2));
    }
}
