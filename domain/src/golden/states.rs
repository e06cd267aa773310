//! The shapes of the states that are kept as snapshots.
//!
//! `schema/states/<aggregate>.v<N>.json` is the state after one event of each kind. A snapshot of another
//! shape could be taken for one of this: whoever changes a state raises its version and adds a file.
//! `UPDATE_CONTRACTS=1` writes the files that are missing, and only those.

use std::{fs, path::Path};

use cqrs_es::Aggregate;
use serde_json::Value;

use super::samples::samples;
use crate::{Event, account::Account, stock::Stock};

fn hold<A: Aggregate>(version: i32, pick: impl Fn(Event) -> Option<A::Event>) {
    let mut state = A::default();
    for event in samples().into_iter().filter_map(pick) {
        state.apply(event);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/states");
    let file = folder.join(format!("{}.v{version}.json", A::TYPE));
    let state = serde_json::to_value(&state).unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch of the tests is no setting of the shop"
    )]
    if std::env::var_os("UPDATE_CONTRACTS").is_some_and(|value| value == "1") && !file.exists() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(&file, serde_json::to_string_pretty(&state).unwrap() + "\n").unwrap();
    }
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let golden: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        state,
        golden,
        "the shape of {} has changed: raise its version",
        A::TYPE
    );
    let read: A = serde_json::from_value(golden.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), golden);
}

#[test]
fn the_state_of_an_account_has_the_shape_of_its_version() {
    hold::<Account>(Account::STATE_VERSION, |event| match event {
        Event::Account(event) => Some(event),
        _ => None,
    });
}

#[test]
fn the_state_of_a_stock_has_the_shape_of_its_version() {
    hold::<Stock>(Stock::STATE_VERSION, |event| match event {
        Event::Stock(event) => Some(event),
        _ => None,
    });
}
