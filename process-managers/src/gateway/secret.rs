//! Keys that nobody may see.

use std::fmt;

/// A key or a secret of a gateway. It is never shown, not even for debugging.
#[derive(Clone)]
pub struct SecretKey(String);

impl SecretKey {
    /// A key as the gateway's dashboard gives it.
    pub const fn new(key: String) -> Self {
        Self(key)
    }

    /// The key itself, for whoever sends or signs.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(***)")
    }
}
