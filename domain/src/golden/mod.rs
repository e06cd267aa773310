//! The golden files: one payload of every event in every version that was ever written.
//!
//! `schema/events/<aggregate>/<EventName>.v<N>.json` must decode for ever. A file, once written, is
//! never rewritten: whoever changes the shape of an event gives it a new version, an upcaster and
//! a new file beside the old one. `UPDATE_CONTRACTS=1` writes the files that are missing, and only those.

mod samples;
mod states;
mod upcasting;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use serde_json::Value;

use self::samples::samples;
use crate::{Event, upcasters};

/// A payload that was written once, and what its path says of it.
#[derive(Debug, Clone)]
struct Golden {
    aggregate: String,
    name: String,
    version: String,
    payload: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/events")
}

fn path(aggregate: &str, name: &str, version: &str) -> PathBuf {
    folder().join(aggregate).join(format!("{name}.v{version}.json"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Every file below the folder, after the missing ones were written if that is allowed.
///
/// A file with a name or a content that does not belong there fails every test that looks at the files.
static GOLDENS: LazyLock<Vec<Golden>> = LazyLock::new(|| {
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch of the tests is no setting of the shop"
    )]
    if std::env::var_os("UPDATE_CONTRACTS").is_some_and(|value| value == "1") {
        write_missing();
    }
    let files = entries(&folder())
        .into_iter()
        .flat_map(|aggregate| entries(&aggregate));
    files.map(|file| read(&file)).collect()
});

fn write_missing() {
    for sample in samples() {
        let path = path(
            sample.aggregate_type(),
            &sample.event_type(),
            stored_version(&sample),
        );
        if !path.exists() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = serde_json::to_string_pretty(&encode(&sample)).unwrap();
            fs::write(&path, text + "\n").unwrap();
        }
    }
}

fn read(file: &Path) -> Golden {
    let shown = file.display();
    let name = file.file_name().and_then(|name| name.to_str()).unwrap();
    let (name, version) = name
        .strip_suffix(".json")
        .and_then(|name| name.rsplit_once(".v"))
        .unwrap_or_else(|| panic!("{shown}: a golden file is named <EventName>.v<N>.json"));
    let aggregate = file.parent().and_then(Path::file_name).unwrap();
    let text = fs::read_to_string(file).unwrap();
    Golden {
        aggregate: aggregate.to_str().unwrap().to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        payload: serde_json::from_str(&text).unwrap_or_else(|error| panic!("{shown}: {error}")),
    }
}

/// Lifts a payload as the log does when it is read: by each upcaster that can, in their order.
fn lift(golden: Golden, upcasters: &[Box<dyn EventUpcaster>]) -> SerializedEvent {
    let Golden {
        aggregate,
        name,
        version,
        payload,
    } = golden;
    let stored = SerializedEvent::new("1".to_owned(), 1, aggregate, name, version, payload, Value::Null);
    upcasters.iter().fold(stored, |event, upcaster| {
        if upcaster.can_upcast(&event.event_type, &event.event_version) {
            upcaster.upcast(event)
        } else {
            event
        }
    })
}

fn decode(event: &SerializedEvent) -> Event {
    let payload = event.payload.to_string();
    Event::from_payload(&event.aggregate_type, &payload)
        .unwrap_or_else(|error| panic!("{} {}: {error:?}", event.aggregate_type, event.event_type))
}

fn encode(event: &Event) -> Value {
    let value = match event {
        Event::Account(event) => serde_json::to_value(event),
        Event::Product(event) => serde_json::to_value(event),
        Event::Stock(event) => serde_json::to_value(event),
        Event::Order(event) => serde_json::to_value(event),
        Event::Payment(event) => serde_json::to_value(event),
        Event::Subscription(event) => serde_json::to_value(event),
        Event::Warehouse(event) => serde_json::to_value(event),
    };
    value.unwrap()
}

fn stored_version(event: &Event) -> &'static str {
    let stored = (event.aggregate_type(), event.event_type());
    Event::stored()
        .find(|(aggregate, name, _)| stored == (*aggregate, (*name).to_owned()))
        .map(|(_, _, version)| version)
        .unwrap_or_else(|| panic!("{stored:?} is not among the stored events"))
}

/// The one key of a payload.
fn tag(payload: &Value) -> &str {
    let keys: Vec<&String> = payload.as_object().unwrap().keys().collect();
    match keys[..] {
        [tag] => tag,
        _ => panic!("a payload has its event's name as its only key: {payload}"),
    }
}

#[test]
fn every_event_that_is_written_today_has_a_sample() {
    let samples: BTreeSet<_> = samples()
        .iter()
        .map(|event| (event.aggregate_type(), event.event_type()))
        .collect();
    let stored: BTreeSet<_> = Event::stored()
        .map(|(aggregate, name, _)| (aggregate, name.to_owned()))
        .collect();
    assert_eq!(samples, stored);
}

#[test]
fn every_event_that_is_written_today_has_its_golden_file() {
    for (aggregate, name, version) in Event::stored() {
        let known = GOLDENS.iter().any(|golden| {
            (
                golden.aggregate.as_str(),
                golden.name.as_str(),
                golden.version.as_str(),
            ) == (aggregate, name, version)
        });
        assert!(
            known,
            "{} is missing: run the tests of `domain` with UPDATE_CONTRACTS=1 and keep the file",
            path(aggregate, name, version).display()
        );
    }
}

#[test]
fn every_payload_that_was_ever_written_is_read() {
    for golden in GOLDENS.iter() {
        let lifted = lift(golden.clone(), &upcasters());
        let event = decode(&lifted);
        assert_eq!(event.event_type(), lifted.event_type, "{golden:?}");
    }
}

#[test]
fn the_tag_of_a_payload_is_the_name_under_which_it_is_stored() {
    for golden in GOLDENS.iter() {
        assert_eq!(tag(&golden.payload), golden.name);
    }
}

#[test]
fn a_payload_of_today_is_written_as_it_was_read() {
    let stored: BTreeSet<_> = Event::stored().collect();
    for golden in GOLDENS.iter() {
        let Golden {
            aggregate,
            name,
            version,
            payload,
        } = golden;
        if stored.contains(&(aggregate.as_str(), name.as_str(), version.as_str())) {
            let event = decode(&lift(golden.clone(), &[]));
            assert_eq!(encode(&event), *payload, "{aggregate}/{name} v{version}");
        }
    }
}

#[test]
fn a_payload_of_an_older_version_has_its_upcaster() {
    let stored: BTreeSet<_> = Event::stored().collect();
    for golden in GOLDENS.iter() {
        let key = (
            golden.aggregate.as_str(),
            golden.name.as_str(),
            golden.version.as_str(),
        );
        let lifted = upcasters()
            .iter()
            .any(|upcaster| upcaster.can_upcast(&golden.name, &golden.version));
        assert!(
            stored.contains(&key) != lifted,
            "{key:?} is neither written today nor lifted, or both"
        );
    }
}

/// Whoever reads the log finds the upcasters of an event by its name alone.
#[test]
fn no_two_aggregates_have_an_event_of_the_same_name() {
    let names: BTreeSet<_> = Event::stored().map(|(_, name, _)| name).collect();
    assert_eq!(names.len(), Event::stored().count());
}
