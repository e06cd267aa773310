//! The positions that a report covers.

use std::fmt;

use event_store::Position;

/// A stretch of the log that was looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coverage {
    /// The position before the first.
    pub(crate) after: Position,
    /// The last.
    pub(crate) up_to: Position,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.after.saturating_add(1);
        match self.up_to.cmp(&first) {
            std::cmp::Ordering::Less => f.write_str("no positions"),
            std::cmp::Ordering::Equal => write!(f, "position {first}"),
            std::cmp::Ordering::Greater => write!(f, "positions {first} to {}", self.up_to),
        }
    }
}

/// A number of things, in words.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_names_its_first_and_its_last_position() {
        let stretch = |after, up_to| Coverage { after, up_to }.to_string();
        assert_eq!(stretch(0, 57), "positions 1 to 57");
        assert_eq!(stretch(4, 5), "position 5");
        assert_eq!(stretch(5, 5), "no positions");
        assert_eq!(stretch(9, 5), "no positions");
    }

    #[test]
    fn one_thing_has_no_plural() {
        assert_eq!([count(0, "event"), count(1, "event")], ["0 events", "1 event"]);
    }
}
