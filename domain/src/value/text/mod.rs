//! Texts with a purpose, a bound and one form.
//!
//! A text is made in two ways. [`TryFrom<String>`] is for what a caller sends: it enforces every rule and
//! brings the text into the form in which it is stored. Deserialising is for what was written before: it
//! takes everything that any earlier version wrote, because an event must decode for ever.

mod characters;
mod codes;
mod kind;
#[cfg(test)]
mod tests;

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::InvalidValue;

pub use characters::fold;
pub(crate) use characters::{is_blank, plain};
pub use codes::{Slug, WarehouseCode};
pub(crate) use kind::lift;
pub use kind::{Code, Kind, Line, Lines};

/// A text that can be seen, with at most `MAX` characters and the further rules of its kind `K`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize, K = Line>(String, PhantomData<K>);

/// The caller's own name for a movement of money; the same reference moves it once.
pub type Reference = Text<100, Code>;
/// Why something was done, in the words of the person who did it.
pub type Reason = Text<500, Lines>;
/// The batch number of a delivery of goods.
pub type Lot = Text<50, Code>;
/// The number under which a carrier knows a parcel.
pub type TrackingNumber = Text<100, Code>;

impl<const MAX: usize, K: Kind> Text<MAX, K> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A text from an event, a snapshot or a process, whichever version wrote it.
    ///
    /// The rules are those of the first version and are never narrowed.
    fn stored(text: String) -> Result<Self, InvalidValue> {
        let control = |c: char| c.is_control() && c != '\n' && c != '\t';
        if text.trim().is_empty() || text.chars().count() > MAX || text.chars().any(control) {
            return Err(InvalidValue::new(format!(
                "must have 1 to {MAX} characters, not all blank and none of them a control character"
            )));
        }
        Ok(Self(K::lift(text), PhantomData))
    }
}

impl<const MAX: usize, K: Kind> TryFrom<String> for Text<MAX, K> {
    type Error = InvalidValue;
    fn try_from(text: String) -> Result<Self, InvalidValue> {
        let form = K::form(&text)?;
        let is_visible = form.chars().any(characters::is_visible);
        if !is_visible || form.chars().count() > MAX {
            return Err(InvalidValue::new(format!(
                "must have 1 to {MAX} characters, at least one of them a visible letter, digit or sign"
            )));
        }
        Ok(Self(form, PhantomData))
    }
}

impl<const MAX: usize, K> From<Text<MAX, K>> for String {
    fn from(text: Text<MAX, K>) -> Self {
        text.0
    }
}

impl<const MAX: usize, K> fmt::Display for Text<MAX, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const MAX: usize, K> fmt::Debug for Text<MAX, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Text").field(&self.0).finish()
    }
}

impl<const MAX: usize, K> Serialize for Text<MAX, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MAX: usize, K: Kind> Deserialize<'de> for Text<MAX, K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::stored(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
