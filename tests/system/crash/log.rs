//! The whole log, as an auditor exports it.

use std::{collections::BTreeMap, process::Output};

use domain::Event;
use serde::Deserialize;
use serde_json::value::RawValue;

/// An event of the log.
pub(super) struct Entry {
    pub(super) aggregate_id: String,
    pub(super) event: Event,
}

/// Every event, in the order of the log.
pub(super) struct Log(pub(super) Vec<Entry>);

#[derive(Deserialize)]
struct Listed<'a> {
    position: i64,
    aggregate_type: String,
    aggregate_id: String,
    sequence: i64,
    #[serde(borrow)]
    payload: &'a RawValue,
}

impl Log {
    /// What the command line is asked for.
    pub(super) const LIST: [&'static str; 6] = ["events", "list", "--format", "ndjson", "--limit", "all"];

    /// Reads what was listed: every event is one that the domain knows, and nothing is missing.
    pub(super) fn of(listed: &Output) -> Self {
        assert!(listed.status.success(), "{listed:?}");
        let text = str::from_utf8(&listed.stdout).unwrap();
        let mut sequences = BTreeMap::<(String, String), i64>::new();
        let mut entries = Vec::new();
        for (expected, line) in (1..).zip(text.lines()) {
            let Listed {
                position,
                aggregate_type,
                aggregate_id,
                sequence,
                payload,
            } = serde_json::from_str(line).unwrap();
            assert_eq!(position, expected, "a position is missing");
            let event = Event::from_payload(&aggregate_type, payload.get()).unwrap();
            let last = sequences
                .entry((aggregate_type, aggregate_id.clone()))
                .or_default();
            *last += 1;
            assert_eq!(sequence, *last, "a sequence is missing: {line}");
            entries.push(Entry { aggregate_id, event });
        }
        Self(entries)
    }
}
