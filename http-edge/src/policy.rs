//! Which names and which pages a server answers to.

use std::{collections::HashSet, sync::Arc};

use axum::http::HeaderValue;

/// The names that a server answers to and the origins of other sites that may use it. Cheap to clone.
///
/// Loopback names need no configuration: `localhost`, `127.0.0.0/8` and `[::1]`.
#[derive(Debug, Clone, Default)]
pub struct RequestPolicy {
    hosts: Arc<HashSet<String>>,
    origins: Arc<HashSet<String>>,
}

impl RequestPolicy {
    /// A policy with these hosts and origins beside the loopback names, in small letters and without
    /// the default port of a scheme: `shop.example`, `https://www.shop.example`.
    pub fn new(hosts: impl IntoIterator<Item = String>, origins: impl IntoIterator<Item = String>) -> Self {
        Self {
            hosts: Arc::new(hosts.into_iter().collect()),
            origins: Arc::new(origins.into_iter().collect()),
        }
    }

    pub(crate) fn has_host(&self, host: &str) -> bool {
        self.hosts.contains(host)
    }

    pub(crate) fn has_origin(&self, origin: &str) -> bool {
        self.origins.contains(origin)
    }

    /// The origins as `Access-Control-Allow-Origin` repeats them.
    pub(crate) fn origins(&self) -> Vec<HeaderValue> {
        let values = self.origins.iter().map(|origin| HeaderValue::from_str(origin));
        values.filter_map(Result::ok).collect()
    }
}
