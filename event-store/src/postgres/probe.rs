//! Whether the log can be written to.

use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::Connection;

use super::{
    PostgresLog,
    batch::Columns,
    lent::{Lent, within},
    writer,
};
use crate::{
    append::{Append, AppendError, NewEvent},
    event::StreamId,
    read::ReadError,
};

/// The size of the event that is tried out. A full disk has often some room left inside of pages that
/// are half empty; what is larger than a page needs new ones.
const PROBE_BYTES: usize = 64 * 1_024;

/// Whether the last batch was written.
#[derive(Debug)]
pub(super) struct Writable(AtomicBool);

impl Default for Writable {
    fn default() -> Self {
        Self(AtomicBool::new(true))
    }
}

impl Writable {
    pub(super) fn set(&self, writable: bool) {
        self.0.store(writable, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl PostgresLog {
    /// Whether commands can be written, for a readiness check.
    ///
    /// As long as batches are written that costs nothing. After one that failed, a write is tried out and
    /// rolled back: when a shop that is not ready gets no commands, nothing else would ever tell that the
    /// disk has room again.
    ///
    /// # Errors
    ///
    /// When the last batch failed and so does what is tried out.
    pub async fn check_writable(&self) -> Result<(), AppendError> {
        if self.writable.get() {
            return Ok(());
        }
        let tried = self.try_to_write().await;
        tried.map_err(|ReadError::Unavailable(cause)| AppendError::Unavailable(cause))?;
        self.writable.set(true);
        Ok(())
    }

    async fn try_to_write(&self) -> Result<(), ReadError> {
        let append = probe();
        let mut columns = Columns::default();
        columns.s_type.push(&append.stream.aggregate_type);
        columns.s_id.push(&append.stream.aggregate_id);
        columns.s_expected.push(append.expected);
        columns.push(&append, 1);
        let mut lent = Lent::from(&self.pool).await?;
        let connection = lent.connection()?;
        let tried = within(self.options.write_limit, async {
            let mut transaction = connection.begin().await?;
            writer::append(&mut transaction, &columns).await?;
            transaction.rollback().await
        });
        let tried = tried.await;
        lent.finish(tried)
    }
}

fn probe() -> Append {
    let event = NewEvent {
        event_type: "Probe".to_owned(),
        event_version: "1".to_owned(),
        payload: format!("\"{}\"", "x".repeat(PROBE_BYTES)),
    };
    Append {
        stream: StreamId::new("probe", "probe"),
        expected: 0,
        events: vec![event],
        metadata: "{}".to_owned(),
        keys: Vec::new(),
        claims: Vec::new(),
    }
}
