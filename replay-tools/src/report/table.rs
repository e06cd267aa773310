//! Tables for people, drawn page by page.
//!
//! A table that measures all rows before it prints one would hold the whole log in memory. Here the
//! first page decides how wide the columns are, and a longer cell pushes its own row to the right.

use std::{
    borrow::Cow,
    io::{self, Write},
};

/// What stands between two columns.
const GAP: &str = "  ";

/// What was drawn so far.
#[derive(Debug, Default)]
pub(crate) struct Table {
    widths: Vec<usize>,
}

impl Table {
    /// Whether this is the first page; from now on it is not.
    pub(crate) fn begin(&mut self) -> bool {
        let first = self.widths.is_empty();
        if first {
            self.widths.push(0);
        }
        first
    }

    /// Draws rows of one length below the headings. Each heading comes with the width of its column for
    /// when there are no rows yet to measure.
    pub(crate) fn rows(
        &mut self,
        headings: &[(&str, usize)],
        rows: &[Vec<String>],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.widths.is_empty() {
            let columns = headings.iter().enumerate();
            self.widths = columns
                .map(|(column, (heading, usual))| {
                    let cells = rows.iter().filter_map(|row| row.get(column));
                    width(heading).max(cells.map(|cell| width(cell)).max().unwrap_or(*usual))
                })
                .collect();
            self.row(headings.iter().map(|(heading, _)| *heading), out)?;
        }
        rows.iter()
            .try_for_each(|row| self.row(row.iter().map(String::as_str), out))
    }

    fn row<'cell>(&self, cells: impl Iterator<Item = &'cell str>, out: &mut dyn Write) -> io::Result<()> {
        let mut line = String::new();
        for (column, cell) in cells.enumerate() {
            if column > 0 {
                line.push_str(GAP);
            }
            line.push_str(&printable(cell));
            let wanted = self.widths.get(column).copied().unwrap_or_default();
            line.extend(std::iter::repeat_n(' ', wanted.saturating_sub(width(cell))));
        }
        writeln!(out, "{}", line.trim_end())
    }
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

/// Text without control characters: what somebody wrote into an event must not move the cursor.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        text.replace(char::is_control, "\u{fffd}").into()
    } else {
        text.into()
    }
}

/// The text, or its beginning if it is longer than so many characters.
pub(crate) fn clip(text: String, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        None => text,
        Some(_) => text
            .chars()
            .take(max_chars.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    fn drawn(pages: &[&[[&str; 2]]]) -> String {
        let (mut table, mut out) = (Table::default(), Vec::new());
        for page in pages {
            let rows: Vec<Vec<String>> = page
                .iter()
                .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
                .collect();
            table.rows(&[("A", 3), ("B", 0)], &rows, &mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_first_page_decides_how_wide_the_columns_are() {
        let text = drawn(&[&[["1", "x"], ["22", "y"]], &[["333", "z"]]]);
        assert_eq!(text, "A   B\n1   x\n22  y\n333  z\n");
    }

    #[test]
    fn an_empty_table_has_its_headings_at_their_usual_widths() {
        assert_eq!(drawn(&[&[], &[["1", "x"]]]), "A    B\n1    x\n");
    }

    #[test]
    fn a_cell_cannot_move_the_cursor() {
        assert_eq!(
            drawn(&[&[["\u{1b}[2J", "a\nb"]]]),
            "A     B\n\u{fffd}[2J  a\u{fffd}b\n"
        );
    }

    #[test]
    fn a_long_text_is_clipped_between_characters() {
        assert_eq!(clip("Tschüß".to_owned(), 6), "Tschüß");
        assert_eq!(clip("Tschüß!".to_owned(), 6), "Tschü…");
    }
}
