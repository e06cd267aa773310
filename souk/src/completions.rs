//! Completion scripts.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{FINE, cli::Cli};

/// Prints the script for a shell.
pub(crate) fn print(shell: Shell) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "souk", &mut script);
    match std::io::stdout().write_all(&script) {
        // A reader that has seen enough, such as `head`, is no failure.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(FINE),
    }
}
