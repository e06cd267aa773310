//! Logs: readable lines for a person, JSON lines for a machine, always on stderr.
//!
//! Stdout belongs to results, so that `souk events list | jq` never meets a log line.

use std::{
    io::{IsTerminal as _, stderr},
    str::FromStr,
};

use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// How a log line looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line, coloured on a terminal.
    #[default]
    Pretty,
    /// One JSON object a line.
    Json,
}

/// A log format that nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a log format is `pretty` or `json`")]
pub struct UnknownLogFormat;

impl FromStr for LogFormat {
    type Err = UnknownLogFormat;

    fn from_str(name: &str) -> Result<Self, UnknownLogFormat> {
        match name {
            "pretty" => Ok(Self::Pretty),
            "json" => Ok(Self::Json),
            _ => Err(UnknownLogFormat),
        }
    }
}

/// Why logging could not begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not a list of directives.
    #[error("the log filter `{filter}` cannot be read")]
    Filter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Something else logs already.
    #[error("logging was already set up in this process")]
    AlreadySet(#[from] tracing_subscriber::util::TryInitError),
}

/// Begins to log to stderr, once for the whole process.
///
/// # Errors
///
/// When the filter cannot be read, or when logging was set up before.
pub fn init(format: LogFormat, filter: &str) -> Result<(), TelemetryError> {
    let directives = EnvFilter::builder()
        .parse(filter)
        .map_err(|source| TelemetryError::Filter {
            filter: filter.to_owned(),
            source,
        })?;
    let registry = tracing_subscriber::registry().with(directives);
    let lines = tracing_subscriber::fmt::layer().with_writer(stderr);
    match format {
        LogFormat::Pretty => {
            let colours = stderr().is_terminal() && !crate::config::flag("NO_COLOR");
            registry
                .with(lines.compact().with_target(false).with_ansi(colours))
                .try_init()?;
        }
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init()?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_cannot_be_read_is_repeated() {
        let refused = init(LogFormat::Pretty, "info,=nonsense=").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the log filter `info,=nonsense=` cannot be read"
        );
    }

    #[test]
    fn a_process_sets_up_its_logs_once() {
        init(LogFormat::Json, "off").unwrap();
        let refused = init(LogFormat::Pretty, "off").unwrap_err();
        assert!(matches!(refused, TelemetryError::AlreadySet(_)), "{refused}");
    }
}
