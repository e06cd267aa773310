//! What an exported file says of itself: what it holds, of which build, up to which position, and when.
//!
//! Parquet has a place for that, as key-value metadata. CSV and NDJSON have none that every reader skips, so
//! a file beside the export says it: `days.csv` has `days.csv.meta.json`.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use chrono::Utc;
use projections::ExportedTable;
use serde_json::{Map, Value, json};

use crate::{
    context::Context, coverage::Coverage, error::Error, events::row::exact, output_file::OutputFile,
};

/// What comes behind the name of an export.
const SUFFIX: &str = ".meta.json";

/// Where an exported file comes from.
#[derive(Debug, Clone)]
pub(crate) struct Provenance(Map<String, Value>);

impl Provenance {
    /// Of a table of a read model.
    pub(crate) fn of_table(projection: &str, table: &str, exported: &ExportedTable) -> Self {
        Self::new([
            ("source", json!("projection")),
            ("projection", json!(projection)),
            ("table", json!(table)),
            ("projection_version", json!(exported.version)),
            ("generation", json!(exported.at.generation)),
            ("position", json!(exported.at.position)),
        ])
    }

    /// Of a stretch of the log.
    pub(crate) fn of_events(covered: Coverage, filter: &str) -> Self {
        Self::new([
            ("source", json!("events")),
            ("after", json!(covered.after)),
            ("position", json!(covered.up_to)),
            ("filter", json!(filter)),
        ])
    }

    fn new<const N: usize>(entries: [(&str, Value); N]) -> Self {
        let more = [
            ("exported_at", json!(exact(Utc::now()))),
            ("souk_version", json!(env!("CARGO_PKG_VERSION"))),
        ];
        let entries = entries.into_iter().chain(more);
        Self(entries.map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// Each key with its value; a text is without its quotes.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, String)> {
        self.0.iter().map(|(key, value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            (key.as_str(), value)
        })
    }
}

/// The file beside an export. It is opened before the export begins, so that one which may not be replaced
/// is refused in time.
pub(crate) struct Sidecar(OutputFile);

impl Sidecar {
    pub(crate) async fn beside(path: &Path, replace: bool, context: &Context) -> Result<Self, Error> {
        let mut name = path.to_owned().into_os_string();
        name.push(SUFFIX);
        let file = OutputFile::create(&PathBuf::from(name), replace, context).await?;
        Ok(Self(file))
    }

    /// Writes what there is to say.
    pub(crate) fn complete(mut self, provenance: &Provenance) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(&provenance.0)?;
        let path = self.0.path().to_owned();
        writeln!(self.0, "{text}").map_err(Error::file(&path))?;
        self.0.complete()
    }
}
