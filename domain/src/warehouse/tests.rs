use proptest::{option, prelude::*};

use super::{Warehouse, WarehouseCommand, WarehouseError, WarehouseEvent, WarehouseStatus};
use crate::testing::{arbitrary::few, given, laws::aggregate_laws, value::text, when};

fn opened() -> WarehouseEvent {
    WarehouseEvent::Opened {
        name: text("Berlin"),
        location: None,
    }
}

fn open() -> WarehouseCommand {
    WarehouseCommand::Open {
        name: text("Berlin"),
        location: None,
    }
}

fn change(name: Option<&str>, location: Option<&str>) -> WarehouseCommand {
    WarehouseCommand::Change {
        name: name.map(text),
        location: location.map(text),
    }
}

fn renamed(name: &str) -> WarehouseEvent {
    WarehouseEvent::Renamed { name: text(name) }
}

fn relocated(location: &str) -> WarehouseEvent {
    WarehouseEvent::Relocated {
        location: text(location),
    }
}

#[test]
fn a_warehouse_is_opened_once() {
    when(open()).then([opened()]);
    given([opened()])
        .when(open())
        .then_refused(WarehouseError::AlreadyOpened);
}

#[test]
fn a_closed_warehouse_keeps_its_code() {
    given([opened(), WarehouseEvent::Closed {}])
        .when(open())
        .then_refused(WarehouseError::AlreadyOpened);
}

#[test]
fn what_was_never_opened_can_be_neither_changed_nor_closed_nor_reopened() {
    for command in [
        change(Some("Berlin"), None),
        WarehouseCommand::Close,
        WarehouseCommand::Reopen,
    ] {
        when(command).then_refused(WarehouseError::Unknown);
    }
}

#[test]
fn a_warehouse_is_renamed_and_relocated_at_once() {
    given([opened()])
        .when(change(Some("Berlin II"), Some("Harbour 1")))
        .then([renamed("Berlin II"), relocated("Harbour 1")]);
}

#[test]
fn a_change_to_what_is_there_already_is_no_event() {
    given([opened(), relocated("Harbour 1")])
        .when(change(Some("Berlin"), Some("Harbour 1")))
        .then_nothing();
}

#[test]
fn a_change_of_nothing_is_refused() {
    given([opened()])
        .when(change(None, None))
        .then_refused(WarehouseError::NothingToChange);
}

#[test]
fn a_closed_warehouse_is_renamed_like_an_open_one() {
    given([opened(), WarehouseEvent::Closed {}])
        .when(change(Some("Old Berlin"), None))
        .then([renamed("Old Berlin")]);
}

#[test]
fn closing_and_reopening_a_second_time_is_no_event() {
    given([opened()])
        .when(WarehouseCommand::Close)
        .then([WarehouseEvent::Closed {}]);
    given([opened(), WarehouseEvent::Closed {}])
        .when(WarehouseCommand::Close)
        .then_nothing();
    given([opened(), WarehouseEvent::Closed {}])
        .when(WarehouseCommand::Reopen)
        .then([WarehouseEvent::Reopened {}]);
    given([opened()]).when(WarehouseCommand::Reopen).then_nothing();
}

#[test]
fn the_state_says_what_the_events_said() {
    let history = [
        opened(),
        renamed("Berlin II"),
        relocated("Harbour 1"),
        WarehouseEvent::Closed {},
    ];
    let state = given(history).state();
    let warehouse = state.opened().unwrap();
    assert_eq!(warehouse.name.as_str(), "Berlin II");
    let location = warehouse.location.as_ref().map(ToString::to_string);
    assert_eq!(location.as_deref(), Some("Harbour 1"));
    assert_eq!(warehouse.status, WarehouseStatus::Closed);
}

fn commands() -> impl Strategy<Value = WarehouseCommand> {
    let name = || few(&["Berlin", "Hamburg"]);
    let location = || few(&["Harbour 1", "Harbour 2"]);
    prop_oneof![
        (name(), option::of(location()))
            .prop_map(|(name, location)| WarehouseCommand::Open { name, location }),
        (option::of(name()), option::of(location()))
            .prop_map(|(name, location)| WarehouseCommand::Change { name, location }),
        Just(WarehouseCommand::Close),
        Just(WarehouseCommand::Reopen),
    ]
}

fn events() -> impl Strategy<Value = WarehouseEvent> {
    let name = || few(&["Berlin", "Hamburg"]);
    let location = || few(&["Harbour 1", "Harbour 2"]);
    prop_oneof![
        (name(), option::of(location()))
            .prop_map(|(name, location)| WarehouseEvent::Opened { name, location }),
        name().prop_map(|name| WarehouseEvent::Renamed { name }),
        location().prop_map(|location| WarehouseEvent::Relocated { location }),
        Just(WarehouseEvent::Closed {}),
        Just(WarehouseEvent::Reopened {}),
    ]
}

/// A warehouse is opened by its first event and by no other.
fn always(_state: &Warehouse, history: &[WarehouseEvent]) {
    let openings = history
        .iter()
        .filter(|event| matches!(event, WarehouseEvent::Opened { .. }));
    assert_eq!(openings.count(), usize::from(!history.is_empty()));
}

aggregate_laws!(Warehouse, commands(), events(), always);
