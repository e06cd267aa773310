//! Charges that fail.

use super::{
    PauseReason, Subscription, SubscriptionCommand, SubscriptionEvent, at, cancelled, charge, failed, given,
    paused, record_failed, requested, started,
};

const DAY_1: &str = "2026-02-01T12:00:00Z";
const DAY_4: &str = "2026-02-04T12:00:00Z";
const DAY_11: &str = "2026-02-11T12:00:00Z";

/// Three tries that failed.
fn thrice() -> Vec<SubscriptionEvent> {
    vec![
        started(),
        requested(1, 1, 1),
        failed(1, 1, Some(DAY_1)),
        requested(2, 1, 2),
        failed(2, 2, Some(DAY_4)),
        requested(3, 1, 3),
        failed(3, 3, Some(DAY_11)),
    ]
}

#[test]
fn a_charge_that_failed_is_tried_again_after_one_three_and_seven_days() {
    let all = thrice();
    for (number, now, retry) in [(1, super::FIRST, DAY_1), (2, DAY_1, DAY_4), (3, DAY_4, DAY_11)] {
        let count = usize::try_from(number).unwrap() * 2;
        given(all[..count].to_vec())
            .when(record_failed(number, now))
            .then([failed(number, u32::try_from(number).unwrap(), Some(retry))]);
    }
}

#[test]
fn a_retry_waits_for_its_day() {
    let history = || thrice()[..3].to_vec();
    given(history()).when(charge(super::FIRST, 2)).then_nothing();
    given(history()).when(charge(DAY_1, 2)).then([requested(2, 1, 2)]);
}

#[test]
fn the_subscription_pauses_after_the_last_try() {
    let last = thrice().into_iter().chain([requested(4, 1, 4)]);
    given(last)
        .when(record_failed(4, DAY_11))
        .then([failed(4, 4, None), paused(PauseReason::ChargeFailed)]);
}

#[test]
fn a_resumed_subscription_is_charged_at_once_and_has_all_its_tries_again() {
    let now = "2026-02-20T12:00:00Z";
    let history = thrice().into_iter().chain([
        requested(4, 1, 4),
        failed(4, 4, None),
        paused(PauseReason::ChargeFailed),
    ]);
    let resumed = SubscriptionEvent::Resumed {
        next_charge_at: at(now),
    };
    let all: Vec<SubscriptionEvent> = history.collect();
    given(all.clone())
        .when(SubscriptionCommand::Resume { at: at(now) })
        .then([resumed.clone()]);
    let all = || all.clone().into_iter().chain([resumed.clone()]);
    given(all()).when(charge(now, 5)).then([requested(5, 1, 1)]);
    let Subscription::Open(open) = given(all()).state() else {
        panic!("the subscription is open");
    };
    assert_eq!(open.failures, 0);
}

#[test]
fn what_is_paused_or_cancelled_is_not_tried_again() {
    for end in [paused(PauseReason::ByCustomer), cancelled()] {
        given([started(), requested(1, 1, 1), end])
            .when(record_failed(1, super::FIRST))
            .then([failed(1, 1, None)]);
    }
}
