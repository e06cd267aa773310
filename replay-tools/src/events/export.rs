//! `souk events export`

use std::{io::Write, path::PathBuf};

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;

use super::{
    row::EventRow,
    selection::{Range, Selection},
};
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::count,
    error::Error,
    pages::{PAGE, Pages},
    part_file::PartFile,
    report::{Format, Report},
};

/// Arguments of `souk events export`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    /// Which events.
    #[command(flatten)]
    pub selection: Selection,
    /// From where to where.
    #[command(flatten)]
    pub range: Range,
    /// How to write them
    #[arg(long, value_enum, default_value_t = ExportFormat::Ndjson)]
    pub format: ExportFormat,
    /// The file to write; it appears when it is complete [default: standard output]
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
  souk events export --after 57 | gzip > rest.ndjson.gz";

/// The formats that other programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A JSON object on each line
    Ndjson,
    /// Comma-separated values with a header (RFC 4180)
    Csv,
}

pub(super) async fn run(
    args: ExportArgs,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    args.selection.warn_of_unknown_types(console)?;
    let file = args
        .output
        .map(|path| PartFile::create(path, args.yes))
        .transpose()?;
    let covered = context.unless_stopped(args.range.resolve(context)).await??;
    let mut pages = args.selection.pages(context, covered);
    let report = Report::new(match args.format {
        ExportFormat::Ndjson => Format::Ndjson,
        ExportFormat::Csv => Format::Csv,
    });

    let bar = console.progress_bar().with_message("exporting");
    bar.set_length(u64::try_from(covered.up_to.saturating_sub(covered.after)).unwrap_or_default());
    let written = match file {
        None => write(report, &mut pages, context, &mut *console.out, &bar).await,
        Some(mut file) => {
            let path = file.path().to_owned();
            let written = match write(report, &mut pages, context, &mut file, &bar).await {
                Err(Error::Output(source)) => Err(Error::File { path, source }),
                other => other,
            };
            written.and_then(|records| file.complete().map(|()| records))
        }
    };
    bar.finish_and_clear();
    console.note(&format!(
        "{}; covers {}",
        count(written?, "event"),
        pages.covered()
    ))?;
    Ok(Outcome::Fine)
}

/// Writes all pages and says how many events they had.
async fn write(
    mut report: Report,
    pages: &mut Pages,
    context: &Context,
    out: &mut (dyn Write + Send),
    bar: &ProgressBar,
) -> Result<usize, Error> {
    // The header stands there even if nothing follows.
    report.page::<EventRow>(out, &[])?;
    while let Some(events) = context.unless_stopped(pages.next(PAGE)).await?? {
        let rows: Vec<_> = events.into_iter().map(EventRow).collect();
        report.page(out, &rows)?;
        let covered = pages.covered();
        bar.set_position(u64::try_from(covered.up_to - covered.after).unwrap_or_default());
    }
    out.flush()?;
    Ok(report.records())
}
