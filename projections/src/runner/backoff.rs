//! How long to wait before trying again.

use std::time::Duration;

/// The first wait. Most troubles are a restart of the database.
const FIRST: Duration = Duration::from_millis(500);

/// The longest wait: an operator who repaired something sees the effect within it.
const LONGEST: Duration = Duration::from_secs(30);

/// Doubles the wait after every failure.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next: FIRST }
    }

    /// The wait after one more failure.
    pub(crate) fn fail(&mut self) -> Duration {
        let wait = self.next;
        self.next = (wait * 2).min(LONGEST);
        wait
    }

    /// Something went well.
    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_bound_and_starts_again_after_a_success() {
        let mut backoff = Backoff::new();
        assert_eq!((backoff.fail(), backoff.fail()), (FIRST, FIRST * 2));
        for _ in 0..20 {
            backoff.fail();
        }
        assert_eq!(backoff.fail(), LONGEST);
        backoff.reset();
        assert_eq!(backoff.fail(), FIRST);
    }
}
