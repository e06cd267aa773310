//! The limits of the API.

use std::time::Duration;

/// The largest body of a command. The longest order and the longest product fit in many times.
pub(crate) const MAX_BODY_BYTES: usize = 1024 * 1024;
/// The largest import: ten thousand rows of a kilobyte and a half.
pub(crate) const MAX_IMPORT_BYTES: usize = 16 * 1024 * 1024;

/// The largest webhook: gateways send a few kilobytes.
pub(crate) const MAX_WEBHOOK_BYTES: usize = 256 * 1024;

/// How long a request may take. Longer than a command may, so that the bus, which knows what became of the
/// command, answers before the request is given up.
const REQUEST_LIMIT: Duration = Duration::from_secs(20);

const _: () = assert!(event_store::COMMAND_LIMIT.as_millis() < REQUEST_LIMIT.as_millis());

/// How much the API does at once and how long it waits.
#[derive(Debug, Clone, Copy)]
pub struct ApiOptions {
    /// Requests that are processed at once; more are refused as overloaded, and the client may retry. Together with
    /// the largest body it bounds the memory that requests take.
    pub max_in_flight: usize,
    /// Imports that are processed at once: their bodies are large.
    pub max_imports: usize,
    /// How long a client may take to send its body.
    pub body_timeout: Duration,
    /// How long a request may take; 20 s unless it is set. [`event_store::COMMAND_LIMIT`] ends before it.
    pub request_timeout: Duration,
    /// How long an import may take.
    pub import_timeout: Duration,
}

impl Default for ApiOptions {
    fn default() -> Self {
        Self {
            max_in_flight: 512,
            max_imports: 2,
            body_timeout: Duration::from_secs(8),
            request_timeout: REQUEST_LIMIT,
            import_timeout: Duration::from_secs(120),
        }
    }
}
