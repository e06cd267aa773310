//! The rules of an account.

mod money;
mod payments;
mod properties;

pub(crate) use self::properties::events;
use super::{AccountCommand, AccountError, AccountEvent, HoldRefusal, LedgerAccount};
use crate::{
    Claim, Refusal, RefusalKind,
    testing::{
        given,
        value::{currency, customer_id, eur, order_id, payment_id, refund_id, text},
        when,
    },
    value::{Currency, Money},
};

fn open() -> AccountCommand {
    AccountCommand::Open {
        owner_id: customer_id(1),
        currency: Currency::EUR,
    }
}

fn opened() -> AccountEvent {
    AccountEvent::Opened {
        owner_id: customer_id(1),
        currency: Currency::EUR,
    }
}

fn deposit(amount: Money, reference: &str) -> AccountCommand {
    AccountCommand::Deposit {
        amount,
        reference: text(reference),
    }
}

fn deposited(amount: Money, reference: &str) -> AccountEvent {
    AccountEvent::Deposited {
        amount,
        reference: text(reference),
        counter_account: LedgerAccount::Cash,
    }
}

fn withdraw(amount: Money, reference: &str) -> AccountCommand {
    AccountCommand::Withdraw {
        amount,
        reference: text(reference),
    }
}

fn withdrawn(amount: Money, reference: &str) -> AccountEvent {
    AccountEvent::Withdrawn {
        amount,
        reference: text(reference),
        counter_account: LedgerAccount::Cash,
    }
}

/// The payment of an order has the number of its order.
fn hold(number: u128, amount: Money) -> AccountCommand {
    AccountCommand::Hold {
        payment_id: payment_id(number),
        order_id: order_id(number),
        amount,
    }
}

fn held(number: u128, amount: Money) -> AccountEvent {
    AccountEvent::FundsHeld {
        payment_id: payment_id(number),
        order_id: order_id(number),
        amount,
    }
}

fn hold_refused(number: u128, amount: Money, reason: HoldRefusal) -> AccountEvent {
    AccountEvent::HoldRefused {
        payment_id: payment_id(number),
        order_id: order_id(number),
        amount,
        reason,
    }
}

fn capture(number: u128, amount: Money) -> AccountCommand {
    AccountCommand::Capture {
        payment_id: payment_id(number),
        amount,
    }
}

fn captured(number: u128, amount: Money) -> AccountEvent {
    AccountEvent::HoldCaptured {
        payment_id: payment_id(number),
        order_id: order_id(number),
        amount,
        counter_account: LedgerAccount::Revenue,
    }
}

fn release(number: u128) -> AccountCommand {
    AccountCommand::Release {
        payment_id: payment_id(number),
    }
}

fn released(number: u128, amount: Money) -> AccountEvent {
    AccountEvent::HoldReleased {
        payment_id: payment_id(number),
        order_id: order_id(number),
        amount,
    }
}

fn refund(number: u128, amount: Money) -> AccountCommand {
    AccountCommand::Refund {
        payment_id: payment_id(number),
        order_id: order_id(number),
        refund_id: refund_id(1),
        amount,
        borne_by: LedgerAccount::Revenue,
    }
}

fn refunded(number: u128, amount: Money) -> AccountEvent {
    AccountEvent::Refunded {
        payment_id: payment_id(number),
        order_id: order_id(number),
        refund_id: refund_id(1),
        amount,
        counter_account: LedgerAccount::Revenue,
    }
}

#[test]
fn an_account_is_opened_for_an_owner_in_a_currency() {
    when(open()).then([opened()]);
}

#[test]
fn an_account_is_opened_once() {
    given([opened()])
        .when(open())
        .then_refused(AccountError::AlreadyOpen);
}

#[test]
fn an_owner_has_one_account_in_each_currency() {
    let claim = AccountEvent::owner_claim(customer_id(1), Currency::EUR);
    assert_eq!(opened().claims(), std::slice::from_ref(&claim));
    assert_ne!(claim, AccountEvent::owner_claim(customer_id(2), Currency::EUR));
    assert_ne!(claim, AccountEvent::owner_claim(customer_id(1), currency("USD")));
    assert_eq!(deposited(eur(1), "a").claims(), Vec::<Claim>::new());
}

#[test]
fn an_account_that_nobody_opened_knows_no_money() {
    for command in [
        deposit(eur(1), "a"),
        withdraw(eur(1), "a"),
        capture(1, eur(1)),
        release(1),
        refund(1, eur(1)),
    ] {
        when(command).then_refused(AccountError::Unknown);
    }
}

#[test]
fn a_refusal_tells_programs_what_it_is_about() {
    let about = |error: AccountError| (error.code(), error.kind(), error.field());
    assert_eq!(
        about(AccountError::Unknown),
        ("unknown_account", RefusalKind::Unknown, None)
    );
    assert_eq!(
        about(AccountError::AlreadyOpen),
        ("account_already_open", RefusalKind::AlreadyExists, None)
    );
    assert_eq!(
        about(AccountError::NotPositive),
        ("amount_not_positive", RefusalKind::Rule, Some("amount"))
    );
    assert_eq!(
        about(AccountError::ReferenceTaken),
        ("reference_taken", RefusalKind::Rule, Some("reference"))
    );
}

#[test]
fn a_code_reads_as_it_is_stored() {
    for reason in [
        HoldRefusal::UnknownAccount,
        HoldRefusal::OtherCurrency,
        HoldRefusal::InsufficientFunds,
    ] {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
    }
    for account in [
        LedgerAccount::Cash,
        LedgerAccount::Gateway,
        LedgerAccount::Revenue,
    ] {
        assert_eq!(serde_json::to_value(account).unwrap(), account.name());
    }
}
