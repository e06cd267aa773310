//! What a command says on the standard output besides reports.

use std::io::{self, Write};

use anyhow::Result;

/// Writes a text. A reader that has seen enough, such as `head`, is no failure, and no reason to stop a shop.
pub(crate) fn say(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
