//! Values that must never reach a log.

use std::fmt;

/// A value that prints as `***`.
///
/// There is no `Display`, no `Serialize` and no `Deref`: whoever wants the value says
/// [`Secret::expose`], which is easy to search for in a review.
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}
