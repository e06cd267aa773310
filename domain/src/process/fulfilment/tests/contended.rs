//! Orders that want the same units as others in the same moment.

use chrono::{DateTime, TimeDelta};

use super::{
    Action, Fulfilment, Happened, ONE_RESERVED, PLACED, ReleaseReason, StockCommand, by_account, cancel,
    cancelled_by_customer, contended, eur, noon, order_id, out_of_stock, process, quarter_past, release,
    released, request_payment, reservation_refused, reserved, sku, units, until,
};
use crate::process::{ProcessManager as _, TimerName, fulfilment::STOCK_RETRIES};

const RETRY: TimerName = TimerName::StockRetry;

/// Timers ring at multiples of this.
const TICK_MS: i64 = 50;

/// Asked for again when the timer rings: then the units are kept for a quarter of an hour from there.
fn reserve_again(name: &str, count: i64) -> Action {
    let command = StockCommand::Reserve {
        order_id: order_id(1),
        quantity: units(count),
        at: noon(),
        expires_at: quarter_past(),
        // The chair is asked for first.
        provisional: name == "CHAIR",
    };
    (sku(name), command).into()
}

/// The chair was to be had, the lamps were not, and the chair is given back.
fn gave_way() -> Vec<Happened> {
    let mut happened = until(ONE_RESERVED);
    happened.extend([contended("LAMP"), released("CHAIR")]);
    happened
}

/// The timer of the first order of the tests after so many tries.
fn retry_after(tries: usize) -> Action {
    let wait = STOCK_RETRIES[tries];
    let share = i32::try_from(order_id(1).uuid().as_u128() % 1_024).unwrap();
    let due_at = noon() + wait + wait * share / 1_024;
    let ticks = due_at.timestamp_millis() / TICK_MS + 1;
    Action::SetTimer {
        name: RETRY,
        due_at: DateTime::from_timestamp_millis(ticks * TICK_MS).unwrap(),
    }
}

fn wait(actions: &[Action]) -> Option<TimeDelta> {
    actions.iter().find_map(|action| match action {
        Action::SetTimer { name, due_at } if *name == RETRY => Some(*due_at - noon()),
        _ => None,
    })
}

fn is_about(wait: TimeDelta, at_least: TimeDelta) -> bool {
    wait > at_least && wait <= at_least * 2 + TimeDelta::milliseconds(TICK_MS)
}

#[test]
fn units_that_lie_in_the_way_of_others_are_given_back_before_they_are_asked_for_again() {
    process::<Fulfilment>()
        .given(until(ONE_RESERVED))
        .when(contended("LAMP"))
        .then([release("CHAIR", ReleaseReason::OtherLineOutOfStock)])
        .then_status("awaiting_stock");
    let mut state = Fulfilment::default();
    let mut last = Vec::new();
    for (id, event) in gave_way() {
        last = state.react(&id, &event, noon());
    }
    let wait = wait(&last).unwrap();
    assert!(is_about(wait, STOCK_RETRIES[0]), "{wait}");
}

#[test]
fn an_order_that_has_nothing_waits_at_once() {
    let mut happened = until(PLACED);
    happened.push(contended("CHAIR"));
    process::<Fulfilment>()
        .given(happened)
        .when(contended("LAMP"))
        .then_timers([retry_after(0)])
        .then_status("awaiting_stock");
}

#[test]
fn the_second_time_one_line_follows_the_other() {
    process::<Fulfilment>()
        .given(gave_way())
        .when_rings(RETRY, noon())
        .then([reserve_again("CHAIR", 1)]);
    process::<Fulfilment>()
        .given(gave_way())
        .given_rang(RETRY, noon())
        .when(reserved("CHAIR", 1))
        .then([reserve_again("LAMP", 2)]);
    process::<Fulfilment>()
        .given(gave_way())
        .given_rang(RETRY, noon())
        .given([reserved("CHAIR", 1)])
        .when(reserved("LAMP", 2))
        .then([request_payment(eur(1000), by_account())])
        .then_status("awaiting_payment");
}

#[test]
fn a_line_that_is_refused_in_its_turn_keeps_the_next_from_being_asked_for() {
    process::<Fulfilment>()
        .given(gave_way())
        .given_rang(RETRY, noon())
        .when(contended("CHAIR"))
        .then_timers([retry_after(1)]);
    process::<Fulfilment>()
        .given(gave_way())
        .given_rang(RETRY, noon())
        .when(reservation_refused("CHAIR"))
        .then([cancel(out_of_stock(["CHAIR", "LAMP"]))])
        .then_status("failed");
}

#[test]
fn an_order_that_gives_up_names_all_that_it_lacked() {
    let mut state = Fulfilment::default();
    let mut happened = until(PLACED);
    happened.extend([contended("CHAIR"), contended("LAMP")]);
    let mut last = Vec::new();
    for (id, event) in happened {
        last = state.react(&id, &event, noon());
    }
    for _ in STOCK_RETRIES {
        assert!(wait(&last).is_some(), "{last:?}");
        state.timer("", RETRY, noon());
        last = state.react("CHAIR", &contended("CHAIR").1, noon());
    }
    assert!(
        last.contains(&cancel(out_of_stock(["CHAIR", "LAMP"]))),
        "{last:?}"
    );
}

#[test]
fn an_order_that_is_cancelled_while_it_releases_its_units_waits_for_nothing() {
    let mut happened = until(ONE_RESERVED);
    happened.extend([contended("LAMP"), cancelled_by_customer()]);
    process::<Fulfilment>()
        .given(happened)
        .when(released("CHAIR"))
        .then_nothing()
        .then_timers([])
        .then_status("failed");
    process::<Fulfilment>()
        .given(gave_way())
        .when(cancelled_by_customer())
        .then_timers([
            Action::CancelTimer { name: RETRY },
            Action::CancelTimer {
                name: TimerName::ReservationExpiry,
            },
        ]);
}

#[test]
fn an_order_whose_missing_units_no_order_holds_ends_at_once() {
    let mut happened = until(PLACED);
    happened.push(contended("CHAIR"));
    process::<Fulfilment>()
        .given(happened)
        .when(reservation_refused("LAMP"))
        .then([cancel(out_of_stock(["CHAIR", "LAMP"]))]);
}

#[test]
fn an_order_gives_way_as_often_as_there_are_waits_and_then_ends() {
    let mut state = Fulfilment::default();
    let react = |state: &mut Fulfilment, (id, event): Happened| state.react(&id, &event, noon());
    for happened in until(ONE_RESERVED) {
        react(&mut state, happened);
    }
    let mut waits = Vec::new();
    loop {
        react(&mut state, contended("LAMP"));
        let Some(wait) = wait(&react(&mut state, released("CHAIR"))) else {
            break;
        };
        waits.push(wait);
        state.timer("", RETRY, noon());
        react(&mut state, reserved("CHAIR", 1));
    }
    assert_eq!(waits.len(), STOCK_RETRIES.len());
    for (wait, at_least) in waits.iter().zip(STOCK_RETRIES) {
        assert!(is_about(*wait, at_least), "{waits:?}");
    }
    assert_eq!(state.status(), "failed");
}

#[test]
fn a_customer_who_cancels_meanwhile_ends_the_wait() {
    process::<Fulfilment>()
        .given(gave_way())
        .given([cancelled_by_customer()])
        .when_rings(RETRY, noon())
        .then_nothing()
        .then_status("failed");
    // A line that was asked for is given back when its outcome comes.
    process::<Fulfilment>()
        .given(gave_way())
        .given_rang(RETRY, noon())
        .given([cancelled_by_customer()])
        .when(reserved("CHAIR", 1))
        .then([release("CHAIR", ReleaseReason::OrderCancelled)]);
}
