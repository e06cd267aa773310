//! Keys that were sent more than once.

use quick_cache::sync::Cache;

use crate::append::{AppendError, Appended, CommandKey, StoredKey};

/// How many repeated keys are kept. A client that repeats a key mostly repeats it again soon.
const KEPT: usize = 10_000;

/// The stored answers of keys that this bus saw repeated.
///
/// What was stored with a key never changes, so an entry cannot be out of date. A key that is not here may
/// still be known to the log.
pub(super) struct KnownKeys(Cache<String, StoredKey>);

impl Default for KnownKeys {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

impl KnownKeys {
    /// The answer to a command of which one key is known.
    pub(super) fn answer(&self, keys: &[CommandKey]) -> Option<Result<Appended, AppendError>> {
        keys.iter()
            .find_map(|key| Some(self.0.get(&key.key)?.answer(key)))
    }

    pub(super) fn insert(&self, key: &CommandKey, stored: StoredKey) {
        self.0.insert(key.key.clone(), stored);
    }
}
