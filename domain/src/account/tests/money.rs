//! Money that people bring and take.

use super::{AccountError, deposit, deposited, given, held, opened, withdraw, withdrawn};
use crate::{
    account::REMEMBERED_MOVEMENTS,
    testing::value::{currency, eur, usd},
    value::Currency,
};

/// As much as an account can hold.
const FULL: i64 = 1_000_000_000_000_000_000;

fn in_other_currency() -> AccountError {
    AccountError::OtherCurrency {
        expected: Currency::EUR,
        actual: currency("USD"),
    }
}

#[test]
fn a_deposit_comes_from_the_cash_outside() {
    given([opened()])
        .when(deposit(eur(1250), "d1"))
        .then([deposited(eur(1250), "d1")]);
}

#[test]
fn a_withdrawal_takes_what_is_available() {
    given([opened(), deposited(eur(1250), "d1")])
        .when(withdraw(eur(1250), "w1"))
        .then([withdrawn(eur(1250), "w1")]);
}

#[test]
fn more_than_the_available_money_cannot_be_withdrawn() {
    given([opened(), deposited(eur(1250), "d1")])
        .when(withdraw(eur(1251), "w1"))
        .then_refused(AccountError::InsufficientFunds { available: eur(1250) });
}

#[test]
fn held_money_cannot_be_withdrawn() {
    given([opened(), deposited(eur(1250), "d1"), held(1, eur(1000))])
        .when(withdraw(eur(251), "w1"))
        .then_refused(AccountError::InsufficientFunds { available: eur(250) });
}

#[test]
fn another_currency_is_refused() {
    given([opened()])
        .when(deposit(usd(100), "d1"))
        .then_refused(in_other_currency());
    given([opened(), deposited(eur(500), "d1")])
        .when(withdraw(usd(100), "w1"))
        .then_refused(in_other_currency());
}

#[test]
fn an_amount_is_above_zero() {
    for amount in [0, -1, i64::MIN] {
        given([opened()])
            .when(deposit(eur(amount), "d1"))
            .then_refused(AccountError::NotPositive);
        given([opened(), deposited(eur(500), "d1")])
            .when(withdraw(eur(amount), "w1"))
            .then_refused(AccountError::NotPositive);
    }
}

#[test]
fn an_account_cannot_hold_more_than_it_can_count() {
    given([opened()])
        .when(deposit(eur(FULL), "d1"))
        .then([deposited(eur(FULL), "d1")]);
    given([opened()])
        .when(deposit(eur(FULL + 1), "d1"))
        .then_refused(AccountError::BalanceTooLarge);
    given([opened(), deposited(eur(FULL), "d1")])
        .when(deposit(eur(i64::MAX), "d2"))
        .then_refused(AccountError::BalanceTooLarge);
}

#[test]
fn a_deposit_that_is_repeated_moves_nothing() {
    given([opened(), deposited(eur(500), "d1")])
        .when(deposit(eur(500), "d1"))
        .then_nothing();
}

#[test]
fn a_withdrawal_that_is_repeated_moves_nothing_even_when_the_money_is_gone() {
    given([opened(), deposited(eur(500), "d1"), withdrawn(eur(500), "w1")])
        .when(withdraw(eur(500), "w1"))
        .then_nothing();
}

#[test]
fn a_deposit_that_is_repeated_is_known_even_when_the_account_is_full() {
    given([opened(), deposited(eur(FULL), "d1")])
        .when(deposit(eur(FULL), "d1"))
        .then_nothing();
}

#[test]
fn a_reference_cannot_name_two_movements() {
    given([opened(), deposited(eur(500), "d1")])
        .when(deposit(eur(501), "d1"))
        .then_refused(AccountError::ReferenceTaken);
    given([opened(), deposited(eur(500), "d1")])
        .when(withdraw(eur(500), "d1"))
        .then_refused(AccountError::ReferenceTaken);
}

#[test]
fn an_account_remembers_only_its_latest_references() {
    let deposits = |count| (0..count).map(|number| deposited(eur(1), &format!("d{number}")));
    let history = |count| std::iter::once(opened()).chain(deposits(count));
    given(history(REMEMBERED_MOVEMENTS))
        .when(deposit(eur(1), "d0"))
        .then_nothing();
    given(history(REMEMBERED_MOVEMENTS + 1))
        .when(deposit(eur(1), "d0"))
        .then([deposited(eur(1), "d0")]);
}
