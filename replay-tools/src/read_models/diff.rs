//! `souk projections diff`

use std::io::{self, Write};

use clap::Args;
use projections::{Comparison, Projections, RowDifference};
use serde::Serialize;
use serde_json::value::RawValue;

use super::names;
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::{Coverage, count},
    error::Error,
    report::{Format, Record, Report, Style, Table, printable},
};

/// Arguments of `souk projections diff`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DiffArgs {
    /// The read model
    #[arg(value_parser = names())]
    pub name: String,
    /// The number of one build
    pub left: i32,
    /// The number of the other one
    pub right: i32,
    /// How many differing rows of each table to print at most
    #[arg(long, default_value_t = 20, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub limit: u32,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

const EXAMPLES: &str = "\
Ends with 2 when the builds differ. A build that was held back is first brought to exactly where the live
one is, which needs the role souk_projector. With that of souk_auditor builds are compared that are at one
position, such as those of the past.

Examples:
  souk projections rebuild balances --hold
  souk projections diff balances 1 2
  souk projections diff balances 1 2 --format ndjson | jq -r .table | sort | uniq -c";

/// A row that is not the same in both builds.
#[derive(Debug, Serialize)]
struct DifferenceRow {
    table: String,
    left: Option<Box<RawValue>>,
    right: Option<Box<RawValue>>,
}

pub(super) async fn run(
    args: DiffArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let (name, left, right, limit) = (&args.name, args.left, args.right, args.limit);
    let compared = context.unless_stopped(async {
        if context.may_write {
            projections.compare(name, left, right, limit).await
        } else {
            projections.compare_as_they_are(name, left, right, limit).await
        }
    });
    let compared = compared.await??;
    let rows: Vec<DifferenceRow> = compared
        .differences
        .iter()
        .map(DifferenceRow::new)
        .collect::<Result<_, _>>()?;
    for name in &compared.only_in_one {
        console.note(&format!("only one of the builds has {name}"))?;
    }
    for table in compared.tables.iter().filter(|table| table.differing_rows > 0) {
        let shown = rows.iter().filter(|row| row.table == table.table).count();
        let differ = usize::try_from(table.differing_rows).unwrap_or(usize::MAX);
        console.note(&format!(
            "{}: {} differ, of which {shown} are shown",
            table.table,
            count(differ, "row")
        ))?;
    }
    let mut report = Report::on(console, args.format);
    report.page(console.out, &rows)?;
    report.finish::<DifferenceRow>(console, &verdict(&compared))?;
    Ok(if compared.is_equal() {
        Outcome::Fine
    } else {
        Outcome::Difference
    })
}

/// What came out, and of which positions.
fn verdict(compared: &Comparison) -> String {
    let covered = |position| {
        let covered = Coverage {
            after: 0,
            up_to: position,
        };
        covered.to_string()
    };
    let verdict = if compared.is_equal() {
        "are equal"
    } else {
        "differ"
    };
    let (left, right) = (&compared.left, &compared.right);
    let mut text = format!(
        "generations {} and {} {verdict}; covers {}",
        left.generation,
        right.generation,
        covered(left.position)
    );
    if left.position != right.position {
        text.push_str(&format!(" and {}", covered(right.position)));
    }
    text
}

impl DifferenceRow {
    fn new(difference: &RowDifference) -> Result<Self, Error> {
        let raw = |json: &Option<String>| json.clone().map(RawValue::from_string).transpose();
        Ok(Self {
            table: difference.table.clone(),
            left: raw(&difference.left)?,
            right: raw(&difference.right)?,
        })
    }
}

impl Record for DifferenceRow {
    const FIELDS: &'static [&'static str] = &["table", "left", "right"];

    fn fields(&self) -> Vec<String> {
        let text = |side: &Option<Box<RawValue>>| side.as_ref().map(|json| json.get().to_owned());
        vec![
            self.table.clone(),
            text(&self.left).unwrap_or_default(),
            text(&self.right).unwrap_or_default(),
        ]
    }

    fn draw(page: &[Self], table: &mut Table, out: &mut dyn Write) -> io::Result<()> {
        for row in page {
            writeln!(out, "{}", table.styled(Style::Heading, &row.table))?;
            for (sign, style, side) in [('-', Style::Removed, &row.left), ('+', Style::Added, &row.right)] {
                if let Some(json) = side {
                    let line = format!("{sign} {}", printable(json.get()));
                    writeln!(out, "  {}", table.styled(style, &line))?;
                }
            }
        }
        Ok(())
    }
}
