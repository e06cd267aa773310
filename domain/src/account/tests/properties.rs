//! What always holds of an account, whatever it is asked.

use proptest::prelude::*;

use super::{AccountCommand, AccountEvent, HoldRefusal, LedgerAccount};
use crate::{
    account::{Account, REMEMBERED_MOVEMENTS},
    testing::{
        arbitrary::{currencies, few, ids, money},
        laws::aggregate_laws,
    },
    value::{CustomerId, OrderId, PaymentId, Reference, RefundId},
};

aggregate_laws!(Account, commands(), events(), always);

fn references() -> impl Strategy<Value = Reference> {
    few(&["a", "b", "c", "d", "e", "f"])
}

pub(crate) fn commands() -> impl Strategy<Value = AccountCommand> {
    let (payments, orders) = (|| ids(PaymentId::new), || ids(OrderId::new));
    prop_oneof![
            1 => (ids(CustomerId::new), currencies())
                .prop_map(|(owner_id, currency)| AccountCommand::Open { owner_id, currency }),
            3 => (money(), references())
                .prop_map(|(amount, reference)| AccountCommand::Deposit { amount, reference }),
            1 => (money(), references())
                .prop_map(|(amount, reference)| AccountCommand::Withdraw { amount, reference }),
            3 => (payments(), orders(), money()).prop_map(|(payment_id, order_id, amount)| {
                AccountCommand::Hold { payment_id, order_id, amount }
            }),
            3 => (payments(), money())
                .prop_map(|(payment_id, amount)| AccountCommand::Capture { payment_id, amount }),
            1 => payments().prop_map(|payment_id| AccountCommand::Release { payment_id }),
            1 => (payments(), orders(), ids(RefundId::new), money()).prop_map(
                |(payment_id, order_id, refund_id, amount)| AccountCommand::Refund {
                    payment_id,
                    order_id,
                    refund_id,
                    amount, borne_by: LedgerAccount::Revenue,
    }
            ),
        ]
}

pub(crate) fn events() -> impl Strategy<Value = AccountEvent> {
    let counter_accounts = || {
        prop::sample::select(vec![
            LedgerAccount::Cash,
            LedgerAccount::Gateway,
            LedgerAccount::Revenue,
        ])
    };
    let reasons = prop::sample::select(vec![
        HoldRefusal::UnknownAccount,
        HoldRefusal::OtherCurrency,
        HoldRefusal::InsufficientFunds,
    ]);
    let holds = || (ids(PaymentId::new), ids(OrderId::new), money());
    prop_oneof![
        3 => (ids(CustomerId::new), currencies())
            .prop_map(|(owner_id, currency)| AccountEvent::Opened { owner_id, currency }),
        1 => (money(), references(), counter_accounts()).prop_map(|(amount, reference, counter_account)| {
            AccountEvent::Deposited { amount, reference, counter_account }
        }),
        1 => (money(), references(), counter_accounts()).prop_map(|(amount, reference, counter_account)| {
            AccountEvent::Withdrawn { amount, reference, counter_account }
        }),
        1 => holds().prop_map(|(payment_id, order_id, amount)| {
            AccountEvent::FundsHeld { payment_id, order_id, amount }
        }),
        1 => (holds(), reasons).prop_map(|((payment_id, order_id, amount), reason)| {
            AccountEvent::HoldRefused { payment_id, order_id, amount, reason }
        }),
        1 => (holds(), counter_accounts()).prop_map(
            |((payment_id, order_id, amount), counter_account)| AccountEvent::HoldCaptured {
                payment_id,
                order_id,
                amount,
                counter_account,
            }
        ),
        1 => holds().prop_map(|(payment_id, order_id, amount)| {
            AccountEvent::HoldReleased { payment_id, order_id, amount }
        }),
        1 => (holds(), ids(RefundId::new), counter_accounts()).prop_map(
            |((payment_id, order_id, amount), refund_id, counter_account)| AccountEvent::Refunded {
                payment_id,
                order_id,
                refund_id,
                amount,
                counter_account,
            }
        ),
    ]
}

/// Available money is never negative, the books and the holds are the sums of their events.
fn always(account: &Account, history: &[AccountEvent]) {
    let Account::Open(account) = account else {
        return;
    };
    assert!(account.available() >= 0, "{account:?}");
    assert!(
        account.holds.values().all(|hold| hold.remaining > 0),
        "{account:?}"
    );
    assert!(account.movements.len() <= REMEMBERED_MOVEMENTS);
    let (mut booked, mut held) = (0, 0);
    for event in history {
        match event {
            AccountEvent::Deposited { amount, .. } | AccountEvent::Refunded { amount, .. } => {
                booked += amount.amount;
            }
            AccountEvent::Withdrawn { amount, .. } => booked -= amount.amount,
            AccountEvent::FundsHeld { amount, .. } => held += amount.amount,
            AccountEvent::HoldReleased { amount, .. } => held -= amount.amount,
            AccountEvent::HoldCaptured { amount, .. } => {
                booked -= amount.amount;
                held -= amount.amount;
            }
            AccountEvent::Opened { .. } | AccountEvent::HoldRefused { .. } => {}
        }
    }
    assert_eq!(
        (account.booked, account.booked - account.available()),
        (booked, held)
    );
}
