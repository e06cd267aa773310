//! Completion scripts.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{FINE, cli::Cli, say::say};

/// Prints the script for a shell.
pub(crate) fn print(shell: Shell) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "souk", &mut script);
    say(std::str::from_utf8(&script)?)?;
    Ok(FINE)
}
