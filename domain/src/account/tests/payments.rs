//! Money that orders hold, take and give back.

use super::{
    AccountError, HoldRefusal, capture, captured, deposited, given, held, hold, hold_refused, opened, refund,
    refunded, release, released, when, withdrawn,
};
use crate::{
    account::{Account, AccountEvent},
    testing::value::{currency, eur, usd},
    value::Currency,
};

fn rich() -> [AccountEvent; 2] {
    [opened(), deposited(eur(1000), "d1")]
}

fn rich_and(more: impl IntoIterator<Item = AccountEvent>) -> impl Iterator<Item = AccountEvent> {
    rich().into_iter().chain(more)
}

#[test]
fn a_hold_sets_money_aside() {
    given(rich()).when(hold(1, eur(1000))).then([held(1, eur(1000))]);
}

#[test]
fn a_hold_reduces_the_available_money_and_not_the_booked() {
    let Account::Open(account) = given(rich_and([held(1, eur(400))])).state() else {
        panic!("the account is open");
    };
    assert_eq!((account.booked, account.available()), (1000, 600));
}

#[test]
fn holds_of_several_payments_add_up() {
    given(rich_and([held(1, eur(400)), held(2, eur(600))]))
        .when(hold(3, eur(1)))
        .then([hold_refused(3, eur(1), HoldRefusal::InsufficientFunds)]);
}

#[test]
fn a_hold_beyond_the_available_money_is_refused_as_a_fact() {
    given(rich())
        .when(hold(1, eur(1001)))
        .then([hold_refused(1, eur(1001), HoldRefusal::InsufficientFunds)]);
}

#[test]
fn a_hold_of_nothing_is_refused_as_a_fact() {
    for amount in [0, -5, i64::MIN] {
        given(rich()).when(hold(1, eur(amount))).then([hold_refused(
            1,
            eur(amount),
            HoldRefusal::InsufficientFunds,
        )]);
    }
}

#[test]
fn a_hold_in_another_currency_is_refused_as_a_fact() {
    given(rich())
        .when(hold(1, usd(10)))
        .then([hold_refused(1, usd(10), HoldRefusal::OtherCurrency)]);
}

#[test]
fn a_hold_on_an_unknown_account_is_refused_as_a_fact() {
    when(hold(1, eur(10))).then([hold_refused(1, eur(10), HoldRefusal::UnknownAccount)]);
}

#[test]
fn a_hold_that_was_refused_may_be_asked_for_again() {
    given([
        opened(),
        hold_refused(1, eur(10), HoldRefusal::InsufficientFunds),
        deposited(eur(10), "d1"),
    ])
    .when(hold(1, eur(10)))
    .then([held(1, eur(10))]);
}

#[test]
fn an_account_that_refused_a_hold_can_still_be_opened() {
    given([hold_refused(1, eur(10), HoldRefusal::UnknownAccount)])
        .when(super::open())
        .then([opened()]);
}

#[test]
fn a_payment_has_one_hold() {
    given(rich_and([held(1, eur(400))]))
        .when(hold(1, eur(500)))
        .then_nothing();
}

#[test]
fn a_capture_takes_the_hold() {
    given(rich_and([held(1, eur(400))]))
        .when(capture(1, eur(400)))
        .then([captured(1, eur(400))]);
}

#[test]
fn a_hold_is_captured_in_parts() {
    given(rich_and([held(1, eur(400)), captured(1, eur(150))]))
        .when(capture(1, eur(250)))
        .then([captured(1, eur(250))]);
}

#[test]
fn the_parts_are_never_more_than_the_hold() {
    given(rich_and([held(1, eur(400)), captured(1, eur(150))]))
        .when(capture(1, eur(251)))
        .then_refused(AccountError::MoreThanHeld { held: eur(250) });
}

#[test]
fn nothing_is_left_of_a_hold_that_was_captured() {
    given(rich_and([held(1, eur(400)), captured(1, eur(400))]))
        .when(capture(1, eur(1)))
        .then_refused(AccountError::NoSuchHold);
    given(rich_and([held(1, eur(400)), captured(1, eur(400))]))
        .when(release(1))
        .then_nothing();
}

#[test]
fn what_was_never_held_cannot_be_captured() {
    given(rich())
        .when(capture(1, eur(1)))
        .then_refused(AccountError::NoSuchHold);
}

#[test]
fn a_capture_is_above_zero_and_in_the_currency_of_the_account() {
    for amount in [0, -1] {
        given(rich_and([held(1, eur(400))]))
            .when(capture(1, eur(amount)))
            .then_refused(AccountError::NotPositive);
    }
    given(rich_and([held(1, eur(400))]))
        .when(capture(1, usd(400)))
        .then_refused(AccountError::OtherCurrency {
            expected: Currency::EUR,
            actual: currency("USD"),
        });
}

#[test]
fn a_release_frees_what_is_still_held() {
    given(rich_and([held(1, eur(400)), captured(1, eur(150))]))
        .when(release(1))
        .then([released(1, eur(250))]);
}

#[test]
fn released_money_is_available_again() {
    given(rich_and([held(1, eur(1000)), released(1, eur(1000))]))
        .when(hold(2, eur(1000)))
        .then([held(2, eur(1000))]);
}

#[test]
fn a_hold_that_is_gone_needs_no_second_release() {
    given(rich_and([held(1, eur(400)), released(1, eur(400))]))
        .when(release(1))
        .then_nothing();
}

#[test]
fn a_refund_books_the_money_back() {
    given(rich_and([held(1, eur(1000)), captured(1, eur(1000))]))
        .when(refund(1, eur(1000)))
        .then([refunded(1, eur(1000))]);
}

#[test]
fn a_refund_is_available_at_once() {
    given(rich_and([
        held(1, eur(1000)),
        captured(1, eur(1000)),
        refunded(1, eur(1000)),
    ]))
    .when(super::withdraw(eur(1000), "w1"))
    .then([withdrawn(eur(1000), "w1")]);
}

#[test]
fn a_refund_is_above_zero_and_in_the_currency_of_the_account() {
    given(rich())
        .when(refund(1, eur(0)))
        .then_refused(AccountError::NotPositive);
    given(rich())
        .when(refund(1, usd(1)))
        .then_refused(AccountError::OtherCurrency {
            expected: Currency::EUR,
            actual: currency("USD"),
        });
    given(rich())
        .when(refund(1, eur(i64::MAX)))
        .then_refused(AccountError::BalanceTooLarge);
}
