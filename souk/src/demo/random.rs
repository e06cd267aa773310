//! Chance that repeats itself: everything follows from the seed.
//!
//! Each thing has a generator of its own, derived from the seed, what it is, and its number. So a
//! change in how products are made up leaves customers and orders as they were. The sampling is our
//! own because that of `rand` may change with its versions, and a seed is a promise.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

/// Where the past of the shop begins: 2026-01-01T00:00:00Z, in milliseconds of Unix time.
const EPOCH_MS: u64 = 1_767_225_600_000;

/// A source of chance for one thing.
pub(super) struct Random(ChaCha8Rng);

impl Random {
    /// The source for the thing of that kind and number.
    pub(super) fn new(seed: u64, kind: &str, number: usize) -> Self {
        let mut key = Sha256::new();
        key.update(format!("souk demo {seed} {kind} {number}"));
        Self(ChaCha8Rng::from_seed(key.finalize().into()))
    }

    /// A number below a bound; 0 for the bound 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        // The high half of the product is uniform enough: the bounds here are far below 2^64.
        let product = u128::from(self.0.next_u64()) * bound as u128;
        usize::try_from(product >> 64).unwrap_or_default()
    }

    /// A number between two others, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let choices = usize::try_from(high - low + 1).unwrap_or_default();
        low + i64::try_from(self.below(choices)).unwrap_or_default()
    }

    /// True so many times in a hundred.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of the choices.
    pub(super) fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        choices
            .get(self.below(choices.len()))
            .copied()
            .unwrap_or_default()
    }

    /// Two different ones of the choices.
    pub(super) fn pick_two<T: Copy + Default>(&mut self, choices: &[T]) -> (T, T) {
        let first = self.below(choices.len());
        let second = first + 1 + self.below(choices.len().saturating_sub(1));
        let at = |index: usize| {
            choices
                .get(index % choices.len().max(1))
                .copied()
                .unwrap_or_default()
        };
        (at(first), at(second))
    }

    /// Brings a list into another order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }

    /// An identifier of version 7, made so many seconds into the past of the shop.
    pub(super) fn id(&mut self, second: usize) -> Uuid {
        let mut noise = [0; 10];
        self.0.fill_bytes(&mut noise);
        let seconds = u64::try_from(second).unwrap_or_default();
        Builder::from_unix_timestamp_millis(EPOCH_MS + seconds * 1_000, &noise).into_uuid()
    }
}
