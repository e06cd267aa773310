//! Places in a document.
//!
//! A plan is made for every request and most plans meet no error, so it carries offsets in bytes. Lines and
//! columns are counted only for the errors that are answered.

use async_graphql::{Pos, ServerError};

use super::refusal::NOWHERE;

/// A place that is still an offset: line 0 is none that a document has.
pub(super) fn at_offset(offset: usize) -> Pos {
    Pos {
        line: 0,
        column: offset.saturating_add(1),
    }
}

/// Counts lines and columns for all places that are still offsets, and leaves out those without a place.
pub(super) fn locate(text: &str, errors: &mut [ServerError]) {
    for error in errors {
        error.locations.retain(|pos| *pos != NOWHERE);
        for pos in &mut error.locations {
            if pos.line == 0 {
                *pos = of_offset(text, pos.column.saturating_sub(1));
            }
        }
    }
}

/// Lines and columns count from 1, columns in characters. A line ends with LF, CR or both.
fn of_offset(text: &str, offset: usize) -> Pos {
    let before = text.get(..offset).unwrap_or(text);
    let (mut line, mut column, mut after_cr) = (1, 1, false);
    for character in before.chars() {
        match character {
            '\n' if after_cr => {}
            '\n' | '\r' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
        after_cr = character == '\r';
    }
    Pos { line, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_with_lf_cr_or_both() {
        let text = "{\n a\r\n b\r é c }";
        let place = |part: &str| {
            let Pos { line, column } = of_offset(text, text.find(part).unwrap());
            (line, column)
        };
        assert_eq!(place("{"), (1, 1));
        assert_eq!(place("a"), (2, 2));
        assert_eq!(place("b"), (3, 2));
        assert_eq!(place("c"), (4, 4));
    }
}
