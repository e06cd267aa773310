//! Documents that were valid, by their text.
//!
//! Front-ends send the same few documents again and again. Refused ones are not kept, so an attacker fills
//! the cache only with documents that are good, and evicts those that are used least.

use std::{
    borrow::Borrow,
    hash::{Hash, Hasher},
    sync::Arc,
};

use quick_cache::{Weighter, sync};

use super::Document;

/// How many times its text a document is taken to need in memory: an estimate, of a node with its place for
/// every few characters.
const BYTES_PER_BYTE: u64 = 64;

/// What an entry takes beside its document.
const BYTES_PER_ENTRY: u64 = 512;

/// How many documents the cache expects; a hint, not a limit.
const EXPECTED: usize = 256;

/// Documents that were valid.
pub(super) struct Cache(sync::Cache<Key, Arc<Document>, Weight>);

/// The document is its own key: its text is kept once.
#[derive(Clone)]
struct Key(Arc<Document>);

#[derive(Clone)]
struct Weight;

impl Cache {
    pub(super) fn new(bytes: u64) -> Self {
        Self(sync::Cache::with_weighter(EXPECTED, bytes, Weight))
    }

    pub(super) fn find(&self, text: &str) -> Option<Arc<Document>> {
        self.0.get(text)
    }

    pub(super) fn keep(&self, document: &Arc<Document>) {
        self.0.insert(Key(Arc::clone(document)), Arc::clone(document));
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> u64 {
        self.0.weight()
    }
}

impl Weighter<Key, Arc<Document>> for Weight {
    fn weight(&self, _key: &Key, document: &Arc<Document>) -> u64 {
        let text = u64::try_from(document.text.len()).unwrap_or(u64::MAX);
        text.saturating_mul(BYTES_PER_BYTE)
            .saturating_add(BYTES_PER_ENTRY)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Key {}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0.text
    }
}
