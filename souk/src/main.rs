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
mod login;
mod processes;
mod readiness;
mod roles;
mod sagas;
mod say;
mod serve;
mod tools;
mod up;
mod webhooks;

use std::{io::Write as _, process::ExitCode};

use clap::Parser;
use cli::{Cli, Command};
use platform::config::{Config, DEFAULT_LOG_FILTER};
use tools::Screen;

/// Events and rows are many small texts, made on one thread and dropped on another.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The command ran and found nothing to complain about.
const FINE: u8 = 0;
/// The command could not run.
const COULD_NOT_RUN: u8 = 1;
/// The command ran and found a difference.
const DIFFERENCE: u8 = 2;
/// The command line was wrong, and nothing was begun (`EX_USAGE` of BSD's sysexits.h).
const MISUSE: u8 = 64;

/// What a tool logs unless it is asked for more: it says itself what it does, and draws where logs go.
const TOOL_LOG_FILTER: &str = "error";

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
    let is_quiet = !cli.command.speaks_by_logs() && config.log_filter == DEFAULT_LOG_FILTER;
    if is_quiet {
        TOOL_LOG_FILTER.clone_into(&mut config.log_filter);
    }
    let screen = if is_quiet {
        Screen::Ours
    } else {
        Screen::SharedWithLogs
    };
    platform::telemetry::init(config.log_format, &config.log_filter)?;
    match cli.command {
        Command::Up(options) => up::run(config, languages, options).await,
        Command::Serve(options) => serve::run(config, languages, options).await,
        Command::Migrate => tools::migrate(&config).await,
        Command::Events(args) => tools::events(&config, screen, args).await,
        Command::Replay(args) => tools::replay(&config, screen, args).await,
        Command::Projections(args) => tools::projections(&config, screen, languages, args).await,
        Command::Login(args) => login::run(&config, args).await,
        Command::Processes(args) => processes::run(&config, args).await,
        Command::Completions { shell } => completions::print(shell),
    }
}

/// Help and versions are no failure. A misuse has a code of its own: clap's 2 says here that a difference
/// was found, and a script that retries what could not run must not retry a slip of the pen.
fn tell(misuse: &clap::Error) -> ExitCode {
    // Whoever reads may have gone, and then there is nobody to tell.
    drop(misuse.print());
    ExitCode::from(if misuse.use_stderr() { MISUSE } else { FINE })
}

/// An error and its causes, each on a line.
fn complain(error: &anyhow::Error) {
    let mut text = format!("souk: {error}\n");
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some errors of libraries repeat what is below them.
        if !told.contains(&cause) {
            text.push_str(&format!("  because {cause}\n"));
            told = cause;
        }
    }
    // Whoever reads may have gone, and then there is nobody to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
