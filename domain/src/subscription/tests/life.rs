//! From the start to the end of a subscription that is paid.

use super::{
    FIRST, PauseReason, Period, SECOND, SubscriptionCommand, SubscriptionError, SubscriptionEvent, THIRD, at,
    cancelled, charge, charged, eur, given, paused, record_charged, record_failed, requested, start, started,
    when,
};

#[test]
fn a_subscription_is_started_once() {
    when(start(eur(990), Period::Months(1))).then([started()]);
    given([started()])
        .when(start(eur(990), Period::Months(1)))
        .then_refused(SubscriptionError::AlreadyStarted);
}

#[test]
fn a_subscription_is_about_some_money_and_some_time() {
    when(start(eur(0), Period::Months(1))).then_refused(SubscriptionError::NotPositive);
    for period in [Period::Days(0), Period::Months(0), Period::Days(Period::MAX + 1)] {
        when(start(eur(990), period)).then_refused(SubscriptionError::Period);
    }
}

#[test]
fn nobody_is_charged_before_the_time_or_twice() {
    given([started()])
        .when(charge("2026-01-31T11:59:59Z", 1))
        .then_nothing();
    given([started()])
        .when(charge(FIRST, 1))
        .then([requested(1, 1, 1)]);
    given([started(), requested(1, 1, 1)])
        .when(charge(FIRST, 2))
        .then_nothing();
    given([started(), requested(1, 1, 1), charged(1, 1, SECOND)])
        .when(charge(FIRST, 2))
        .then_nothing();
}

#[test]
fn a_timer_that_is_as_exact_as_the_database_keeps_it_is_not_early() {
    let resumed = SubscriptionEvent::Resumed {
        next_charge_at: at("2026-02-01T12:00:00.123456789Z"),
    };
    let history = || [started(), paused(PauseReason::ByCustomer), resumed.clone()];
    given(history())
        .when(charge("2026-02-01T12:00:00.123455Z", 1))
        .then_nothing();
    given(history())
        .when(charge("2026-02-01T12:00:00.123456Z", 1))
        .then([requested(1, 1, 1)]);
}

#[test]
fn a_month_ends_on_its_last_day_and_the_next_begins_on_the_31st_again() {
    let first = || [started(), requested(1, 1, 1)];
    given(first())
        .when(record_charged(1))
        .then([charged(1, 1, SECOND)]);
    let second = first()
        .into_iter()
        .chain([charged(1, 1, SECOND), requested(2, 2, 1)]);
    given(second).when(record_charged(2)).then([charged(2, 2, THIRD)]);
}

#[test]
fn only_the_charge_under_way_is_recorded() {
    given([started(), requested(1, 1, 1)])
        .when(record_charged(2))
        .then_nothing();
    given([started()]).when(record_failed(1, FIRST)).then_nothing();
}

#[test]
fn a_paused_subscription_is_not_charged() {
    given([started()])
        .when(SubscriptionCommand::Pause)
        .then([paused(PauseReason::ByCustomer)]);
    given([started(), paused(PauseReason::ByCustomer)])
        .when(charge(FIRST, 1))
        .then_nothing();
    given([started(), paused(PauseReason::ByCustomer)])
        .when(SubscriptionCommand::Pause)
        .then_nothing();
}

#[test]
fn a_short_pause_changes_no_date_and_a_long_one_moves_them() {
    let resumed = |next: &str| SubscriptionEvent::Resumed {
        next_charge_at: at(next),
    };
    let history = || [started(), paused(PauseReason::ByCustomer)];
    let resume = |now: &str| SubscriptionCommand::Resume { at: at(now) };
    given(history())
        .when(resume("2026-01-20T00:00:00Z"))
        .then([resumed(FIRST)]);
    let late = "2026-05-10T00:00:00Z";
    given(history()).when(resume(late)).then([resumed(late)]);
    let charged_late = history().into_iter().chain([resumed(late), requested(1, 1, 1)]);
    given(charged_late)
        .when(record_charged(1))
        .then([charged(1, 1, "2026-06-10T00:00:00Z")]);
}

#[test]
fn a_cancelled_subscription_stays_cancelled_and_records_what_was_under_way() {
    given([started()])
        .when(SubscriptionCommand::Cancel { note: None })
        .then([cancelled()]);
    given([started(), cancelled()])
        .when(SubscriptionCommand::Cancel { note: None })
        .then_nothing();
    given([started(), cancelled()])
        .when(charge(FIRST, 1))
        .then_nothing();
    given([started(), cancelled()])
        .when(SubscriptionCommand::Pause)
        .then_refused(SubscriptionError::AlreadyCancelled);
    given([started(), requested(1, 1, 1), cancelled()])
        .when(record_charged(1))
        .then([charged(1, 1, SECOND)]);
}
