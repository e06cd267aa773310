//! One event of every kind that is written today, as the log keeps it.

use std::{fs, path::Path};

use domain::Event;
use event_store::{Decoder, Position, RecordedEvent};

use super::noon;
use crate::recorded::Recorded;

/// The samples of `schema/events/`. They are about one product, one stock of it and one order of it.
pub(crate) fn samples() -> Vec<Recorded> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/events");
    let decoder = Decoder::new(domain::upcasters());
    let mut samples = Vec::new();
    for (aggregate_type, name, version) in Event::stored() {
        let file = folder
            .join(aggregate_type)
            .join(format!("{name}.v{version}.json"));
        let payload = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let envelope = RecordedEvent {
            position: Position::try_from(samples.len() + 1).unwrap(),
            aggregate_type: aggregate_type.to_owned(),
            aggregate_id: aggregate_id(aggregate_type).to_owned(),
            sequence: 1,
            event_type: name.to_owned(),
            event_version: version.to_owned(),
            payload,
            metadata: "{}".to_owned(),
            recorded_at: noon(),
        };
        samples.push(Recorded::decode(&decoder, envelope).unwrap());
    }
    samples
}

/// The aggregate that the other samples mean, where they mean one.
fn aggregate_id(aggregate_type: &str) -> &'static str {
    match aggregate_type {
        "stock" => "LAMP-RED",
        "warehouse" => "north",
        _ => "00000000-0000-0000-0000-000000000001",
    }
}
