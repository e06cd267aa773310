//! How long to wait before trying again.
//!
//! Waits are spread by ±10 % so that what failed together does not come back together. The spread is
//! taken from the key of the action and not from a random source: it differs between actions, which
//! is its purpose, and it can be repeated.

use std::time::Duration;

use uuid::Uuid;

/// The first waits, for troubles that pass by themselves.
const QUICK: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
];

/// The longest wait for something that cannot be reached.
const LONGEST_MS: u64 = 30_000;

/// How long is waited for what cannot be reached before people must look at it: longer than any outage that
/// passes by itself.
pub(crate) const HORIZON: Duration = Duration::from_secs(24 * 60 * 60);

/// The tries that the waits up to the horizon are between.
///
/// The horizon is counted in tries and not looked up in time, so that what people send again has all of it
/// before it once more.
pub(crate) const MOST_TRIES: usize = {
    let (mut tries, mut waited_ms) = (0, 0);
    while waited_ms < HORIZON.as_secs() * 1_000 {
        tries += 1;
        waited_ms += patient_ms(tries);
    }
    tries
};

const fn patient_ms(failed: usize) -> u64 {
    let doublings = failed.saturating_sub(1);
    let wait = 100 << if doublings > 16 { 16 } else { doublings };
    if wait < LONGEST_MS { wait } else { LONGEST_MS }
}

/// The wait after the given number of failed tries, or nothing when the quick ones are used up.
pub(crate) fn quick(failed: usize, key: Uuid) -> Option<Duration> {
    let wait = QUICK.get(failed.checked_sub(1)?)?;
    Some(spread(*wait, failed, key))
}

/// The wait after any number of failed tries, doubled each time up to the longest.
pub(crate) fn patient(failed: usize, key: Uuid) -> Duration {
    spread(Duration::from_millis(patient_ms(failed)), failed, key)
}

/// The same, or nothing when the horizon is reached.
pub(crate) fn up_to_horizon(failed: usize, key: Uuid) -> Option<Duration> {
    (failed <= MOST_TRIES).then(|| patient(failed, key))
}

/// A wait that is known, and a little more, so that not all come back in the same instant.
pub(crate) fn after(wait: Duration, key: Uuid) -> Duration {
    wait + spread(QUICK[0], 1, key)
}

/// Between 90 and 110 % of a wait.
fn spread(wait: Duration, failed: usize, key: Uuid) -> Duration {
    // The first six bytes of a name-based UUID are plain hash.
    let at = failed % 5;
    let bytes = key.as_bytes();
    let permille = 900 + u32::from(u16::from_be_bytes([bytes[at], bytes[at + 1]])) % 201;
    wait.saturating_mul(permille) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_quick_waits_lie_within_a_tenth_of_what_is_promised() {
        for number in 0..200_u128 {
            let key = Uuid::new_v5(&Uuid::nil(), &number.to_be_bytes());
            for (failed, promised) in [(1, 100), (2, 200), (3, 400)] {
                let wait = quick(failed, key).unwrap();
                assert!(wait >= Duration::from_millis(promised * 9 / 10), "{wait:?}");
                assert!(wait <= Duration::from_millis(promised * 11 / 10), "{wait:?}");
            }
            assert_eq!(quick(4, key), None);
        }
    }

    #[test]
    fn the_patient_wait_grows_to_its_limit_and_no_further() {
        let key = Uuid::new_v5(&Uuid::nil(), b"one");
        let limit = Duration::from_millis(LONGEST_MS);
        assert!(patient(4, key) < patient(6, key));
        for failed in [12, 100, usize::MAX] {
            let wait = patient(failed, key);
            assert!(wait >= limit * 9 / 10 && wait <= limit * 11 / 10, "{wait:?}");
        }
    }

    #[test]
    fn what_cannot_be_reached_for_a_day_is_given_up() {
        let key = Uuid::new_v5(&Uuid::nil(), b"one");
        let waits = (1..).map_while(|failed| up_to_horizon(failed, key));
        let waited: Duration = waits.sum();
        assert!(
            waited > HORIZON * 9 / 10 && waited < HORIZON * 11 / 10,
            "{waited:?}"
        );
        assert_eq!(up_to_horizon(usize::MAX, key), None);
    }

    #[test]
    fn nothing_comes_back_before_a_wait_that_is_known_is_over() {
        let (wait, key) = (Duration::from_secs(3), Uuid::new_v5(&Uuid::nil(), b"one"));
        assert!(after(wait, key) > wait);
        assert!(after(wait, key) < wait + QUICK[1]);
    }

    #[test]
    fn two_actions_do_not_wait_equally_long() {
        let waits = [b"a", b"b", b"c"].map(|name| quick(1, Uuid::new_v5(&Uuid::nil(), name)));
        assert!(waits[0] != waits[1] || waits[1] != waits[2]);
    }
}
