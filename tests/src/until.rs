//! Waiting for something to become true.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long anything may take before a test gives up. Far beyond what is usual: a test asserts that it
/// happens, a benchmark how fast.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// How long to wait before asking again.
pub(crate) const POLL: Duration = Duration::from_millis(10);

/// Asks again until the answer is yes.
///
/// # Errors
///
/// When that does not happen; the error tells what was waited for.
pub async fn until(what: &str, mut happened: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !happened().await? {
        if start.elapsed() > PATIENCE {
            bail!("it did not happen that {what}");
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}
