//! The command line: what can be asked, and nothing of how it is done.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use platform::config::loopback_address;
use projections::catalogue::SearchLanguages;

/// An event-sourced backend for shops and marketplaces.
///
/// Every fact is an append-only event in PostgreSQL; everything anyone reads is rebuilt from those
/// events. Without a configuration Souk starts a private PostgreSQL in its data folder.
#[derive(Debug, Parser)]
#[command(name = "souk", version, propagate_version = true, after_help = ENVIRONMENT)]
pub(crate) struct Cli {
    /// The folder that data is kept in [default: $SOUK_DATA, or a folder of the user]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything in one process, on an embedded PostgreSQL unless DATABASE_URL is set
    Up(Up),
    /// Run one role alone, on the database of DATABASE_URL
    Serve(Serve),
    /// Bring the database up to date
    Migrate,
    /// Look at the events of the log
    Events(replay_tools::EventsArgs),
    /// Show how an aggregate came to be what it is, event by event
    Replay(replay_tools::ReplayArgs),
    /// Look at the read models and rebuild them
    Projections(Projections),
    /// Look at the processes that carry orders and payments, and send again what was parked
    Processes(crate::processes::ProcessesArgs),
    /// Make and drop logins for auditors and analysts, who may read everything and write nothing
    Login(crate::login::LoginArgs),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// Whether people learn from its logs what it does, as they do of everything that is not a tool.
    pub(crate) const fn speaks_by_logs(&self) -> bool {
        matches!(self, Self::Up(_) | Self::Serve(_) | Self::Migrate)
    }
}

/// Options of `souk up`.
#[derive(Debug, Args)]
pub(crate) struct Up {
    /// Load a demo shop: products, warehouses, customers and orders in every state, all of them made now
    #[arg(long)]
    pub(crate) demo: bool,
    /// The seed of the demo shop: the same seed makes the same shop
    #[arg(long, default_value_t = 1, requires = "demo")]
    pub(crate) seed: u64,
    /// Where to listen, REST and GraphQL on one port; port 0 takes any free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS", value_parser = listen_address)]
    pub(crate) listen: Option<SocketAddr>,
    /// Languages of the search, such as `en,ru`, or `none` [default: $SOUK_SEARCH_LANGUAGES, or en,ru]
    #[arg(long, value_name = "CODES")]
    pub(crate) search_languages: Option<SearchLanguages>,
}

/// Options of `souk serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The role
    pub(crate) role: Role,
    /// Where to listen [default: 127.0.0.1:8080 for `command-api`, 127.0.0.1:8081 for `query-api`]; the other roles
    /// do not
    #[arg(long, value_name = "ADDRESS", value_parser = listen_address)]
    pub(crate) listen: Option<SocketAddr>,
    /// For `projections`: languages of the search, such as `en,ru`, or `none` [default: $SOUK_SEARCH_LANGUAGES,
    /// or en,ru]
    #[arg(long, value_name = "CODES")]
    pub(crate) search_languages: Option<SearchLanguages>,
}

/// Options of `souk projections`.
#[derive(Debug, Args)]
pub(crate) struct Projections {
    /// Languages of a search index that is built, such as `en,ru`, or `none` [default: $SOUK_SEARCH_LANGUAGES, or
    /// those of the index that there is]
    #[arg(long, global = true, value_name = "CODES")]
    pub(crate) search_languages: Option<SearchLanguages>,
    #[command(flatten)]
    pub(crate) args: replay_tools::ProjectionsArgs,
}

/// A part of the shop that can run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Takes commands over REST
    CommandApi,
    /// Answers queries over GraphQL
    QueryApi,
    /// Carries orders and payments through their steps
    ProcessManagers,
    /// Keeps the read models up to date
    Projections,
}

fn listen_address(text: &str) -> Result<SocketAddr, String> {
    loopback_address(text).map_err(|rule| format!("it must be {rule}"))
}

const ENVIRONMENT: &str = "\
Environment:
  DATABASE_URL              use this PostgreSQL (15 or newer) instead of the embedded one
  SOUK_DATA                 the data folder (default: /var/lib/souk for root, $XDG_DATA_HOME/souk or
                            ~/.local/share/souk for others)
  SOUK_LISTEN               where `souk up` listens (default: 127.0.0.1:8080)
  SOUK_COMMAND_API_LISTEN   where `souk serve command-api` listens (default: 127.0.0.1:8080)
  SOUK_QUERY_API_LISTEN     where `souk serve query-api` listens (default: 127.0.0.1:8081)
  SOUK_ALLOWED_HOSTS        host names that are served beside loopback names, such as
                            `shop.example,api.shop.example`
  SOUK_ALLOWED_ORIGINS      origins of other sites whose pages may send commands and queries, such as
                            `https://www.shop.example`
  SOUK_SEARCH_LANGUAGES     languages of the search, such as `de,ru`, or `none` (default: en,ru);
                            the same for all processes that share a data folder
  SOUK_POOL_WRITER          connections of the log's writer, the commands and the process managers (default: 8)
  SOUK_POOL_PROJECTOR       connections of the projections (default: 8)
  SOUK_POOL_READER          connections of the queries (default: 16); each pool has 2 to 50 connections, and
                            each process has pools of its own
  SOUK_STRIPE_SECRET_KEY    charge cards by Stripe with this key, instead of the sandbox
  SOUK_STRIPE_WEBHOOK_SECRET
                            take the gateway's webhooks that are signed with this secret
  SOUK_STRIPE_BASE_URL      where Stripe is, when it is not at https://api.stripe.com
  SOUK_LOG                  what is logged, such as `warn,event_store=debug` (default: info; error by
                            tools); `info,command_api=debug` adds a line for each request
  SOUK_LOG_FORMAT           `pretty` or `json`
  NO_COLOR                  no colours

Exit codes:
  0   done
  1   could not run, or not to the end
  2   ran and found a difference
  64  the command line is wrong; nothing was begun";

#[cfg(test)]
mod tests {
    use platform::config::DEFAULT_POOLS;

    use super::ENVIRONMENT;

    #[test]
    fn the_help_names_every_pool_with_the_size_that_it_has() {
        for (variable, size) in [
            ("SOUK_POOL_WRITER", DEFAULT_POOLS.writer),
            ("SOUK_POOL_PROJECTOR", DEFAULT_POOLS.projector),
            ("SOUK_POOL_READER", DEFAULT_POOLS.reader),
        ] {
            let line = ENVIRONMENT
                .lines()
                .find(|line| line.trim_start().starts_with(variable))
                .unwrap();
            assert!(line.contains(&format!("(default: {size})")), "{line}");
        }
    }
}
