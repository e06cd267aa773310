//! `souk projections export`

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use projections::{ExportedTable, Projections, TextFormat};

use super::names;
use crate::{
    console::Console,
    context::{Context, Outcome},
    coverage::Coverage,
    error::Error,
    output_file::{self, OutputFile},
    parquet_file::ParquetRows,
    provenance::{Provenance, Sidecar},
};

/// Arguments of `souk projections export`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    /// The read model
    #[arg(value_parser = names())]
    pub name: String,
    /// Its table; without one the tables are listed
    pub table: Option<String>,
    /// The number of the build [default: the live one]
    #[arg(long, value_name = "NUMBER")]
    pub generation: Option<i32>,
    /// How to write the rows
    #[arg(long, value_enum, default_value_t = ExportFormat::Csv)]
    pub format: ExportFormat,
    /// The file to write; it appears when it is complete. A pipe or a device is written into, and `-` is
    /// standard output [default: standard output]
    #[arg(long, short, value_name = "FILE", requires = "table")]
    pub output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    pub yes: bool,
}

const EXAMPLES: &str = "\
Rows come in the order of the table's key, all of one moment. Memory does not grow with the table.
A file says where it comes from (read model, version, build, position, time): Parquet in its key-value
metadata, CSV and NDJSON in a file beside it that ends in .meta.json.

Examples:
  souk projections export sales
  souk projections export sales days --output days.csv
  souk projections export balances entries --format parquet --output entries.parquet
  souk projections rebuild orders --as-of 2026-01-31
  souk projections export orders orders --generation 2 --format ndjson | jq .total";

/// The formats that other programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Comma-separated values with a header (RFC 4180)
    Csv,
    /// A JSON object on each line
    Ndjson,
    /// Apache Parquet, compressed with Snappy
    Parquet,
}

pub(super) async fn run(
    args: ExportArgs,
    projections: &Projections,
    context: &Context,
    console: &mut Console<'_>,
) -> Result<Outcome, Error> {
    let Some(table) = &args.table else {
        let tables = context
            .unless_stopped(projections.tables(&args.name, args.generation))
            .await??;
        for table in tables {
            writeln!(console.out, "{table}")?;
        }
        console.out.flush()?;
        return Ok(Outcome::Fine);
    };
    let Some(path) = output_file::named(args.output.as_ref()) else {
        if args.format == ExportFormat::Parquet && console.out_is_terminal {
            return Err(Error::BinaryForTerminal);
        }
        let writing = write(&args, table, projections, &mut *console.out);
        let exported = context.unless_stopped(writing).await??;
        console.note(&said(&args.name, &exported))?;
        return Ok(Outcome::Fine);
    };
    let mut file = OutputFile::create(path, args.yes, context).await?;
    let sidecar = match args.format {
        ExportFormat::Csv | ExportFormat::Ndjson if file.is_regular() => {
            Some(Sidecar::beside(path, args.yes, context).await?)
        }
        _ => None,
    };
    let writing = write(&args, table, projections, &mut file);
    let exported = context.unless_stopped(writing).await?.map_err(of_file(path))?;
    file.complete()?;
    if let Some(sidecar) = sidecar {
        sidecar.complete(&Provenance::of_table(&args.name, table, &exported))?;
    }
    console.note(&said(&args.name, &exported))?;
    Ok(Outcome::Fine)
}

/// What was exported, in a sentence.
fn said(name: &str, exported: &ExportedTable) -> String {
    let covered = Coverage {
        after: 0,
        up_to: exported.at.position,
    };
    let rows = exported
        .rows
        .map_or_else(String::new, |rows| format!("{rows} rows of "));
    format!(
        "{rows}generation {} of {name}; covers {covered}",
        exported.at.generation
    )
}

async fn write(
    args: &ExportArgs,
    table: &str,
    projections: &Projections,
    out: &mut (dyn Write + Send),
) -> Result<ExportedTable, Error> {
    let (name, generation) = (&args.name, args.generation);
    let format = match args.format {
        ExportFormat::Csv => TextFormat::Csv,
        ExportFormat::Ndjson => TextFormat::Ndjson,
        ExportFormat::Parquet => {
            let rows = std::sync::Mutex::new(ParquetRows::new(out));
            let locked = || {
                rows.lock()
                    .map_err(|_poisoned| io::Error::other("a row could not be written"))
            };
            let exported = projections
                .export_rows(
                    name,
                    generation,
                    table,
                    |columns| locked()?.begin(columns),
                    |row| locked()?.push(row),
                )
                .await?;
            locked()?.end(&Provenance::of_table(name, table, &exported))?;
            return Ok(exported);
        }
    };
    let exported = projections
        .export_text(name, generation, table, format, |chunk| out.write_all(chunk))
        .await?;
    out.flush()?;
    Ok(exported)
}

/// What the system says of the output is said of the file.
fn of_file(path: &Path) -> impl FnOnce(Error) -> Error {
    let path = path.to_owned();
    |error| match error {
        Error::Output(source) | Error::Projection(projections::ProjectionError::Output(source)) => {
            Error::File { path, source }
        }
        other => other,
    }
}
