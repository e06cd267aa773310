//! What can be wrong with a setting.

/// A variable of the environment that breaks its rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The value breaks the rule.
    #[error("{variable} must be {rule}, but it is `{found}`")]
    Invalid {
        /// The variable's name.
        variable: &'static str,
        /// What its value must be.
        rule: &'static str,
        /// Its value.
        found: String,
    },
    /// The value breaks the rule and may hold a password, so it is not repeated.
    #[error("{variable} must be {rule}; its value is not shown because it may hold a password")]
    InvalidSecret {
        /// The variable's name.
        variable: &'static str,
        /// What its value must be.
        rule: &'static str,
    },
    /// The value is not text.
    #[error("{variable} must be Unicode text")]
    NotText {
        /// The variable's name.
        variable: &'static str,
    },
    /// Nothing says where data may be kept.
    #[error("SOUK_DATA must name the folder for the data, because neither XDG_DATA_HOME nor HOME is set")]
    NoDataFolder,
}
