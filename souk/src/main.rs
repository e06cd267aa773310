//! The one binary: every role and every tool is a subcommand.
//!
//! It only wires. What a role or a tool does lives in its own crate.

mod cli;
mod completions;
mod database;
mod demo;
mod gateway;
mod health;
mod http;
mod languages;
mod processes;
mod readiness;
mod roles;
mod sagas;
mod serve;
mod tools;
mod up;
mod webhooks;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};
use platform::config::{Config, DEFAULT_LOG_FILTER};

/// Events and rows are many small texts, made on one thread and dropped on another.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The command ran and found nothing to complain about.
const FINE: u8 = 0;
/// The command could not run.
const COULD_NOT_RUN: u8 = 1;
/// The command ran and found a difference.
const DIFFERENCE: u8 = 2;

/// What a tool logs unless it is asked for more: it says itself what it does, and draws where logs go.
const TOOL_LOG_FILTER: &str = "warn";

#[tokio::main]
async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(misuse) => return tell(&misuse),
    };
    match run(cli).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain(&error);
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<u8> {
    if let Command::Completions { shell } = cli.command {
        return completions::print(shell);
    }
    let mut config = Config::from_environment()?;
    let languages = languages::chosen(&config)?;
    if let Some(data) = cli.data {
        config.data_dir = data;
    }
    if !cli.command.speaks_by_logs() && config.log_filter == DEFAULT_LOG_FILTER {
        TOOL_LOG_FILTER.clone_into(&mut config.log_filter);
    }
    platform::telemetry::init(config.log_format, &config.log_filter)?;
    match cli.command {
        Command::Up(options) => up::run(config, languages, options).await,
        Command::Serve(options) => serve::run(config, languages, options).await,
        Command::Migrate => tools::migrate(&config).await,
        Command::Events(args) => tools::events(&config, args).await,
        Command::Replay(args) => tools::replay(&config, args).await,
        Command::Projections(args) => tools::projections(&config, languages, args).await,
        Command::Processes(args) => processes::run(&config, args).await,
        Command::Completions { shell } => completions::print(shell),
    }
}

/// Help and versions are no failure. A misuse is "could not run", where clap alone would exit with 2:
/// here that says that a difference was found.
fn tell(misuse: &clap::Error) -> ExitCode {
    // Whoever reads may have gone, and then there is nobody to tell.
    drop(misuse.print());
    ExitCode::from(if misuse.use_stderr() { COULD_NOT_RUN } else { FINE })
}

/// An error and its causes, each on a line.
#[expect(clippy::print_stderr, reason = "this is what a person at a terminal reads")]
fn complain(error: &anyhow::Error) {
    eprintln!("souk: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because {cause}");
    }
}
