//! `souk events export`

use std::{io::Write, path::PathBuf};

use clap::{Args, ValueEnum};
use event_store::RecordedEvent;
use indicatif::ProgressBar;

use super::{
    customer::OfCustomer,
    row::EventRow,
    selection::{Range, Selection},
};
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::count,
    error::Error,
    output_file::{self, OutputFile},
    pages::{PAGE, Pages},
    parquet_file::ParquetRows,
    provenance::Provenance,
    report::{Format, Report},
};

/// Arguments of `souk events export`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    /// Which events.
    #[command(flatten)]
    pub selection: Selection,
    /// Whose events.
    #[command(flatten)]
    pub of: OfCustomer,
    /// From where to where.
    #[command(flatten)]
    pub range: Range,
    /// How to write them
    #[arg(long, value_enum, default_value_t = ExportFormat::Ndjson)]
    pub format: ExportFormat,
    /// The file to write; it appears when it is complete. A pipe or a device is written into, and `-` is
    /// standard output [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    pub yes: bool,
}

const EXAMPLES: &str = "\
Examples:
  souk events export --output log.ndjson
  souk events export --aggregate account --until 2026-02-01 --format csv --output accounts.csv
  souk events export --format parquet --output log.parquet
  duckdb -c \"SELECT event_type, count(*) FROM 'log.parquet' GROUP BY 1 ORDER BY 2 DESC\"
  souk events export --after 57 | gzip > rest.ndjson.gz";

/// The formats that other programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A JSON object on each line
    Ndjson,
    /// Comma-separated values with a header (RFC 4180)
    Csv,
    /// Apache Parquet, compressed with Snappy; it says in itself which positions it covers
    Parquet,
}

pub(super) async fn run(
    args: ExportArgs,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    args.selection.warn_of_unknown_types(console)?;
    let path = output_file::named(args.output.as_ref());
    if args.format == ExportFormat::Parquet && path.is_none() && console.out_is_terminal {
        return Err(Error::BinaryForTerminal);
    }
    let file = match path {
        Some(path) => Some(OutputFile::create(path, args.yes, context).await?),
        None => None,
    };
    let covered = context.unless_stopped(args.range.resolve(context)).await??;
    let filter = args.selection.filter();
    let filter = args.of.narrow(filter, context, covered.up_to).await?;
    let mut pages = Pages::new(context.log.clone(), filter, covered);

    let bar = console.progress_bar().with_message("exporting");
    bar.set_length(u64::try_from(covered.up_to.saturating_sub(covered.after)).unwrap_or_default());
    let written = match file {
        None => write(&args, &mut pages, context, &mut *console.out, &bar).await,
        Some(mut file) => {
            let path = file.path().to_owned();
            let written = match write(&args, &mut pages, context, &mut file, &bar).await {
                Err(Error::Output(source)) => Err(Error::File { path, source }),
                other => other,
            };
            written.and_then(|records| file.complete().map(|()| records))
        }
    };
    bar.finish_and_clear();
    let written = written?;
    if written == 0 {
        args.selection.warn_of_no_match(console)?;
    }
    console.note(&format!(
        "{}; covers {}",
        count(written, "event"),
        pages.covered()
    ))?;
    Ok(Outcome::Fine)
}

/// Writes all pages and says how many events they had.
async fn write(
    args: &ExportArgs,
    pages: &mut Pages,
    context: &Context,
    out: &mut (dyn Write + Send),
    bar: &ProgressBar,
) -> Result<usize, Error> {
    let mut rows = Rows::begin(args.format, out)?;
    while let Some(events) = context.unless_stopped(pages.next(PAGE)).await?? {
        rows.push(events)?;
        let covered = pages.covered();
        bar.set_position(u64::try_from(covered.up_to - covered.after).unwrap_or_default());
    }
    rows.end(&Provenance::of_events(pages.covered(), &args.selection.said()))
}

/// Events on their way into a format.
enum Rows<'out> {
    Text {
        report: Report,
        out: &'out mut (dyn Write + Send),
    },
    Parquet {
        rows: ParquetRows<'out>,
        count: usize,
    },
}

impl<'out> Rows<'out> {
    fn begin(format: ExportFormat, out: &'out mut (dyn Write + Send)) -> Result<Self, Error> {
        let text = match format {
            ExportFormat::Ndjson => Format::Ndjson,
            ExportFormat::Csv => Format::Csv,
            ExportFormat::Parquet => {
                let mut rows = ParquetRows::new(out);
                rows.begin(&EventRow::columns())?;
                return Ok(Self::Parquet { rows, count: 0 });
            }
        };
        let mut report = Report::new(text);
        // The header is written even if nothing follows.
        report.page::<EventRow>(out, &[])?;
        Ok(Self::Text { report, out })
    }

    fn push(&mut self, events: Vec<RecordedEvent>) -> Result<(), Error> {
        match self {
            Self::Text { report, out } => {
                let rows: Vec<_> = events.into_iter().map(EventRow).collect();
                report.page(*out, &rows)
            }
            Self::Parquet { rows, count } => {
                *count += events.len();
                let mut events = events.into_iter();
                Ok(events.try_for_each(|event| rows.push(EventRow(event).values()))?)
            }
        }
    }

    fn end(self, provenance: &Provenance) -> Result<usize, Error> {
        match self {
            Self::Text { report, out } => {
                out.flush()?;
                Ok(report.records())
            }
            Self::Parquet { mut rows, count } => {
                rows.end(provenance)?;
                Ok(count)
            }
        }
    }
}
