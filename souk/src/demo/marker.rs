//! Where the log remembers that a demo shop was begun and that it is complete.
//!
//! Both are keys without events: the log keeps them as it keeps the key of any command.

use event_store::{Append, AppendError, Appended, CommandKey, Log, Position, ReadError, StreamId};

use super::{digest::Digest, error::DemoError};

const BEGUN: &str = "demo:begun";
const LOADED: &str = "demo:loaded";

/// A load was begun, now or earlier.
pub(super) struct Begun {
    /// Everything of the load stands after this position.
    pub(super) after: Position,
}

/// Whether a demo shop is complete, whatever its seed.
pub(super) async fn is_loaded(log: &Log) -> Result<bool, ReadError> {
    Ok(log.find_key(LOADED).await?.is_some())
}

/// Notes that this plan is being loaded, or finds that it was noted before.
///
/// # Errors
///
/// [`DemoError::OtherShop`] when another plan was begun.
pub(super) async fn begin(log: &Log, plan: &Digest) -> Result<Begun, DemoError> {
    let noted = note(log, BEGUN, plan).await?;
    Ok(Begun {
        after: noted.position,
    })
}

/// Notes that this plan is complete.
///
/// # Errors
///
/// When it cannot be written.
pub(super) async fn finish(log: &Log, plan: &Digest) -> Result<(), DemoError> {
    note(log, LOADED, plan).await.map(drop)
}

async fn note(log: &Log, key: &str, plan: &Digest) -> Result<Appended, DemoError> {
    let append = Append {
        stream: StreamId::new("demo", key),
        expected: 0,
        events: Vec::new(),
        metadata: "{}".to_owned(),
        keys: vec![CommandKey {
            key: key.to_owned(),
            fingerprint: plan.to_vec(),
        }],
        claims: Vec::new(),
    };
    log.append(append).await.map_err(|error| match error {
        AppendError::KeyReused { .. } => DemoError::OtherShop,
        other => DemoError::Marker(other),
    })
}
