//! The one place that reads the environment of the process.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is where the environment is read"
)]

use std::{
    env::{self, VarError},
    path::PathBuf,
};

use super::ConfigError;

/// The text of a variable, `None` when it is not set or empty.
///
/// # Errors
///
/// When its value is not Unicode text.
pub fn variable(name: &'static str) -> Result<Option<String>, ConfigError> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(ConfigError::NotText { variable: name }),
    }
}

/// Whether a variable is set to an empty text.
pub(super) fn is_empty(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| value.is_empty())
}

/// The folder a variable names, `None` when it is not set or empty.
#[must_use]
pub fn folder(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// Whether a switch is on: set, and neither empty, `0`, `false` nor `no`.
#[must_use]
pub fn flag(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !["", "0", "false", "no"].iter().any(|off| value == *off))
}

/// The folders of `PATH`.
pub(crate) fn program_folders() -> Vec<PathBuf> {
    env::var_os("PATH")
        .map(|path| env::split_paths(&path).collect())
        .unwrap_or_default()
}
