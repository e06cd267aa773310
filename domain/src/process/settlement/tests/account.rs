//! A payment from an account of the shop.

use super::{
    AccountCommand, AccountEvent, Action, Event, Happened, HoldRefusal, LedgerAccount, PaymentCommand,
    ProcessManager, Settlement, account_id, authorised, by_account, capture_requested, customer_id, eur,
    order_id, pay, payment_id, process, refund_id, refund_requested, requested, text, to_account,
    void_requested,
};
use crate::value::Currency;

fn ask(command: AccountCommand) -> Action {
    (account_id(1), command).into()
}

/// The payment was asked for, and the account holds its money.
fn authorised_payment() -> [Happened; 2] {
    [requested(by_account()), authorised(None)]
}

fn held() -> AccountEvent {
    AccountEvent::FundsHeld {
        payment_id: payment_id(1),
        order_id: order_id(1),
        amount: eur(1000),
    }
}

fn hold_refused(reason: HoldRefusal) -> AccountEvent {
    AccountEvent::HoldRefused {
        payment_id: payment_id(1),
        order_id: order_id(1),
        amount: eur(1000),
        reason,
    }
}

fn captured() -> AccountEvent {
    AccountEvent::HoldCaptured {
        payment_id: payment_id(1),
        order_id: order_id(1),
        amount: eur(1000),
        counter_account: LedgerAccount::Revenue,
    }
}

fn released() -> AccountEvent {
    AccountEvent::HoldReleased {
        payment_id: payment_id(1),
        order_id: order_id(1),
        amount: eur(1000),
    }
}

fn refunded() -> AccountEvent {
    AccountEvent::Refunded {
        payment_id: payment_id(1),
        order_id: order_id(1),
        refund_id: refund_id(1),
        amount: eur(300),
        counter_account: LedgerAccount::Revenue,
    }
}

#[test]
fn to_authorise_is_to_hold() {
    process::<Settlement>()
        .when(requested(by_account()))
        .then([ask(AccountCommand::Hold {
            payment_id: payment_id(1),
            order_id: order_id(1),
            amount: eur(1000),
        })])
        .then_status("open");
}

#[test]
fn to_capture_is_to_capture_the_hold() {
    process::<Settlement>()
        .given(authorised_payment())
        .when(capture_requested())
        .then([ask(AccountCommand::Capture {
            payment_id: payment_id(1),
            amount: eur(1000),
        })]);
}

#[test]
fn to_void_is_to_release_the_hold() {
    process::<Settlement>()
        .given(authorised_payment())
        .when(void_requested())
        .then([ask(AccountCommand::Release {
            payment_id: payment_id(1),
        })]);
}

#[test]
fn to_refund_is_to_book_money_back() {
    process::<Settlement>()
        .given(authorised_payment())
        .when(refund_requested(eur(300)))
        .then([ask(AccountCommand::Refund {
            payment_id: payment_id(1),
            order_id: order_id(1),
            refund_id: refund_id(1),
            amount: eur(300),
            borne_by: LedgerAccount::Revenue,
        })]);
}

#[test]
fn an_authorisation_by_an_account_asks_for_nothing() {
    process::<Settlement>()
        .given([requested(by_account())])
        .when(authorised(None))
        .then_nothing();
}

#[test]
fn what_the_account_answers_is_recorded_by_the_payment() {
    let answers = [
        (
            held(),
            PaymentCommand::RecordAuthorised {
                gateway_reference: None,
            },
        ),
        (captured(), PaymentCommand::RecordCaptured),
        (released(), PaymentCommand::RecordVoided),
        (
            refunded(),
            PaymentCommand::RecordRefunded {
                refund_id: refund_id(1),
            },
        ),
    ];
    for (event, command) in answers {
        process::<Settlement>()
            .given([requested(by_account())])
            .when(to_account(event))
            .then([pay(command)]);
    }
}

#[test]
fn a_hold_that_was_refused_declines_the_payment_with_its_code() {
    for reason in [
        HoldRefusal::UnknownAccount,
        HoldRefusal::OtherCurrency,
        HoldRefusal::InsufficientFunds,
    ] {
        process::<Settlement>()
            .given([requested(by_account())])
            .when(to_account(hold_refused(reason)))
            .then([pay(PaymentCommand::RecordDeclined {
                code: text(reason.code()),
            })]);
    }
}

#[test]
fn an_answer_belongs_to_the_payment_that_it_names() {
    for event in [
        held(),
        hold_refused(HoldRefusal::OtherCurrency),
        captured(),
        released(),
        refunded(),
    ] {
        let (account_id, event) = to_account(event);
        assert_eq!(
            Settlement::route(&account_id, &event),
            Some(payment_id(1).to_string())
        );
    }
}

#[test]
fn what_people_do_with_their_account_belongs_to_no_payment() {
    for event in [
        AccountEvent::Opened {
            owner_id: customer_id(1),
            currency: Currency::EUR,
        },
        AccountEvent::Deposited {
            amount: eur(1),
            reference: text("d1"),
            counter_account: LedgerAccount::Cash,
        },
        AccountEvent::Withdrawn {
            amount: eur(1),
            reference: text("w1"),
            counter_account: LedgerAccount::Cash,
        },
    ] {
        assert_eq!(Settlement::route("account", &Event::Account(event.clone())), None);
        assert_eq!(
            Settlement::default().react("account", &Event::Account(event), super::noon()),
            []
        );
    }
}
