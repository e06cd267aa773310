//! Tables for people, drawn page by page.
//!
//! A table that measures all rows before it prints one would hold the whole log in memory. Here the
//! first page decides how wide the columns are. On a terminal the table is as wide as that at most, and a
//! longer cell is cut; anywhere else nothing is cut, and a longer cell pushes its own row to the right.

use std::io::{self, Write};

use super::{
    look::{Look, Style},
    text::{clip, clip_middle, printable, width},
};

/// What stands between two columns.
const GAP: &str = "  ";

/// How narrow a column gets before the last one that can be spared is left out.
const NARROW: usize = 12;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    heading: &'static str,
    /// How wide it is while there are no rows to measure.
    usual: usize,
    cut: Cut,
}

/// What may be done with a column to which the terminal is too narrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// Nothing: a number or a time would be another one.
    Never,
    /// An identifier, of which the end counts too.
    Middle,
    /// A text; the last of them are left out when there is no room at all.
    End,
}

impl Column {
    /// A number, a time or a word.
    pub const fn whole(heading: &'static str, usual: usize) -> Self {
        Self {
            heading,
            usual,
            cut: Cut::Never,
        }
    }

    /// An identifier.
    pub const fn identifier(heading: &'static str, usual: usize) -> Self {
        Self {
            heading,
            usual,
            cut: Cut::Middle,
        }
    }

    /// A text.
    pub const fn text(heading: &'static str, usual: usize) -> Self {
        Self {
            heading,
            usual,
            cut: Cut::End,
        }
    }
}

/// What was drawn so far.
#[derive(Debug, Default)]
pub struct Table {
    pub(super) look: Look,
    has_begun: bool,
    /// The width of each column; none for one that is left out.
    widths: Vec<Option<usize>>,
}

impl Table {
    pub(super) fn new(look: Look) -> Self {
        Self {
            look,
            ..Self::default()
        }
    }

    /// Whether this is the first page; from now on it is not.
    pub(crate) fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.has_begun, true)
    }

    /// A text in a style, where there are colours.
    pub(crate) fn styled(&self, style: Style, text: &str) -> String {
        self.look.styled(style, text)
    }

    /// Draws rows of one length below the headings.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn rows(&mut self, columns: &[Column], rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
        if self.begin() {
            let natural: Vec<usize> = columns
                .iter()
                .enumerate()
                .map(|(index, column)| {
                    let cells = rows.iter().filter_map(|row| row.get(index));
                    let widest = cells.map(|cell| width(&printable(cell))).max();
                    width(column.heading).max(widest.unwrap_or(column.usual))
                })
                .collect();
            self.widths = match self.look.columns {
                Some(room) => fit(columns, &natural, room),
                None => natural.into_iter().map(Some).collect(),
            };
            let headings: Vec<String> = columns.iter().map(|column| column.heading.to_owned()).collect();
            let line = self.line(columns, &headings);
            writeln!(out, "{}", self.look.styled(Style::Heading, &line))?;
        }
        rows.iter()
            .try_for_each(|row| writeln!(out, "{}", self.line(columns, row)))
    }

    fn line(&self, columns: &[Column], cells: &[String]) -> String {
        let mut line = String::new();
        for ((column, wanted), cell) in columns.iter().zip(&self.widths).zip(cells) {
            let Some(wanted) = *wanted else { continue };
            if !line.is_empty() {
                line.push_str(GAP);
            }
            let mut cell = printable(cell).into_owned();
            if self.look.columns.is_some() {
                cell = match column.cut {
                    Cut::Never => cell,
                    Cut::Middle => clip_middle(cell, wanted),
                    Cut::End => clip(cell, wanted),
                };
            }
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', wanted.saturating_sub(width(&cell))));
        }
        let line = line.trim_end().to_owned();
        match self.look.columns {
            // A number of a later page may be longer than all of the first.
            Some(room) => clip(line, room),
            None => line,
        }
    }
}

/// The widths with which a table has room: the widest columns that may be cut give way first, and then the
/// last texts are left out.
fn fit(columns: &[Column], natural: &[usize], room: usize) -> Vec<Option<usize>> {
    let mut shown = vec![true; columns.len()];
    loop {
        let mut widths = natural.to_vec();
        let total = |widths: &[usize]| {
            let shown = widths.iter().zip(&shown).filter(|(_, shown)| **shown);
            shown
                .map(|(width, _)| width + GAP.len())
                .sum::<usize>()
                .saturating_sub(GAP.len())
        };
        while total(&widths) > room {
            let widest = (0..columns.len())
                .filter(|index| shown[*index] && columns[*index].cut != Cut::Never)
                .filter(|index| widths[*index] > NARROW)
                .max_by_key(|index| widths[*index]);
            match widest {
                Some(index) => widths[index] -= 1,
                None => break,
            }
        }
        let spared = (0..columns.len()).rfind(|index| shown[*index] && columns[*index].cut == Cut::End);
        match spared {
            Some(index) if total(&widths) > room => shown[index] = false,
            _ => {
                let widths = widths.into_iter().zip(&shown);
                return widths.map(|(width, shown)| shown.then_some(width)).collect();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn_on(look: Look, pages: &[&[[&str; 2]]]) -> String {
        let (mut table, mut out) = (Table::new(look), Vec::new());
        for page in pages {
            let rows: Vec<Vec<String>> = page
                .iter()
                .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
                .collect();
            let columns = [Column::whole("A", 3), Column::text("B", 0)];
            table.rows(&columns, &rows, &mut out).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    fn drawn(pages: &[&[[&str; 2]]]) -> String {
        drawn_on(Look::default(), pages)
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
    fn columns_are_aligned_by_cells_and_not_by_letters() {
        let text = drawn(&[&[["紅茶", "x"], ["🫖", "y"], ["ab", "z"]]]);
        assert_eq!(text, "A     B\n紅茶  x\n🫖    y\nab    z\n");
    }

    #[test]
    fn on_a_terminal_no_line_is_wider_than_that() {
        let look = Look {
            columns: Some(20),
            colours: false,
        };
        let long = "紅茶 and some more than there is room for";
        let text = drawn_on(
            look,
            &[&[["1", long]], &[["123456789012345678901234567890", long]]],
        );
        assert!(text.lines().all(|line| width(line) <= 20), "{text}");
        assert!(text.contains("1  紅茶 and some mo…"), "{text}");
    }

    #[test]
    fn a_column_that_can_be_spared_is_left_out_before_a_number_is_cut() {
        let look = Look {
            columns: Some(10),
            colours: false,
        };
        assert_eq!(
            drawn_on(look, &[&[["12345678", "a long text, too long"]]]),
            "A\n12345678\n"
        );
    }

    #[test]
    fn headings_stand_out_where_there_are_colours() {
        let look = Look {
            columns: None,
            colours: true,
        };
        assert_eq!(drawn_on(look, &[&[["1", "x"]]]), "\u{1b}[1mA  B\u{1b}[0m\n1  x\n");
    }
}
