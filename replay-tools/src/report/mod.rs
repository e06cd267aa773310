//! Printing records page by page, in the format that was asked for.

mod ago;
mod layout;
mod look;
mod table;
mod text;

use std::io::Write;

use clap::ValueEnum;
use serde::Serialize;

pub(crate) use ago::span;
pub(crate) use layout::indented;
pub use look::Look;
pub(crate) use look::Style;
pub use table::{Column, Table};
pub(crate) use text::{clip, printable};

use crate::{console::Console, error::Error};

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// One JSON array
    Json,
    /// A JSON object on each line
    Ndjson,
    /// Comma-separated values with a header (RFC 4180)
    Csv,
}

/// Something that is printed. Its serialised form is that of JSON.
pub trait Record: Serialize + Sized {
    /// The header of CSV.
    const FIELDS: &'static [&'static str];

    /// The row of CSV.
    fn fields(&self) -> Vec<String>;

    /// Draws some of them for people; `table` remembers what was drawn before.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn draw(page: &[Self], table: &mut Table, out: &mut dyn Write) -> std::io::Result<()>;
}

/// A report in progress.
pub struct Report {
    format: Format,
    table: Table,
    begun: bool,
    records: usize,
}

impl Report {
    /// A report that looks as those need it who read the console.
    pub fn on(console: &Console<'_>, format: Format) -> Self {
        Self {
            table: Table::new(console.look),
            ..Self::new(format)
        }
    }

    pub(crate) fn new(format: Format) -> Self {
        Self {
            format,
            table: Table::default(),
            begun: false,
            records: 0,
        }
    }

    /// How many records were printed.
    pub fn records(&self) -> usize {
        self.records
    }

    /// Prints some records. The first call also prints what stands before all records, so an empty page
    /// begins the report.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn page<R: Record>(&mut self, out: &mut dyn Write, page: &[R]) -> Result<(), Error> {
        let first = !std::mem::replace(&mut self.begun, true);
        // One write for a page: standard output would make a system call of every line.
        let mut text = Vec::new();
        match self.format {
            Format::Table => R::draw(page, &mut self.table, &mut text)?,
            Format::Json => self.json(&mut text, page, first)?,
            Format::Ndjson => {
                for record in page {
                    serde_json::to_writer(&mut text, record)?;
                    text.push(b'\n');
                }
            }
            Format::Csv => csv(&mut text, page, first)?,
        }
        out.write_all(&text)?;
        self.records += page.len();
        Ok(())
    }

    /// Ends the report. What it covers is the footer of a table, and otherwise goes beside the results.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn finish<R: Record>(mut self, console: &mut Console<'_>, coverage: &str) -> Result<(), Error> {
        if !self.begun {
            self.page::<R>(console.out, &[])?;
        }
        match self.format {
            Format::Table => writeln!(console.out, "\n{coverage}")?,
            Format::Json if self.records == 0 => writeln!(console.out, "]")?,
            Format::Json => writeln!(console.out, "\n]")?,
            Format::Ndjson | Format::Csv => {}
        }
        console.out.flush()?;
        if self.format != Format::Table {
            console.note(coverage)?;
        }
        Ok(())
    }

    fn json<R: Record>(&self, out: &mut dyn Write, page: &[R], first: bool) -> Result<(), Error> {
        if first {
            out.write_all(b"[")?;
        }
        for (index, record) in page.iter().enumerate() {
            let separator = if self.records + index == 0 { "\n" } else { ",\n" };
            write!(out, "{separator}{}", serde_json::to_string(record)?)?;
        }
        Ok(())
    }
}

fn csv<R: Record>(out: &mut dyn Write, page: &[R], first: bool) -> Result<(), Error> {
    let mut rows = csv::Writer::from_writer(out);
    if first {
        rows.write_record(R::FIELDS)?;
    }
    for record in page {
        rows.write_record(record.fields())?;
    }
    Ok(rows.flush()?)
}
