//! Command in, events or a refusal out.

use super::{
    Account, AccountCommand, AccountError, AccountEvent, HoldRefusal, LedgerAccount, OpenAccount, state::Hold,
};
use crate::{
    Decide,
    value::{Money, OrderId, PaymentId, Reference},
};

/// The most that one account may hold, far from the end of 64 bits.
const MAX_BALANCE: i64 = 1_000_000_000_000_000_000;

type Decision = Result<Vec<AccountEvent>, AccountError>;

impl Decide for Account {
    fn decide(&self, command: AccountCommand) -> Decision {
        match command {
            AccountCommand::Open { owner_id, currency } => match self {
                Self::Unopened => Ok(vec![AccountEvent::Opened { owner_id, currency }]),
                Self::Open(_) => Err(AccountError::AlreadyOpen),
            },
            AccountCommand::Hold {
                payment_id,
                order_id,
                amount,
            } => Ok(self.hold(payment_id, order_id, amount).into_iter().collect()),
            command @ (AccountCommand::Deposit { .. }
            | AccountCommand::Withdraw { .. }
            | AccountCommand::Capture { .. }
            | AccountCommand::Release { .. }
            | AccountCommand::Refund { .. }) => self.opened()?.decide(command),
        }
    }
}

impl Account {
    /// The account, if it was opened.
    ///
    /// # Errors
    ///
    /// [`AccountError::Unknown`] when nobody opened it.
    pub fn opened(&self) -> Result<&OpenAccount, AccountError> {
        match self {
            Self::Open(account) => Ok(account),
            Self::Unopened => Err(AccountError::Unknown),
        }
    }

    /// Sets money aside, or states as a fact that it was not possible.
    fn hold(&self, payment_id: PaymentId, order_id: OrderId, amount: Money) -> Option<AccountEvent> {
        let refused = |reason| {
            Some(AccountEvent::HoldRefused {
                payment_id,
                order_id,
                amount,
                reason,
            })
        };
        let Self::Open(account) = self else {
            return refused(HoldRefusal::UnknownAccount);
        };
        if account.holds.contains_key(&payment_id) {
            return None;
        }
        if account.currency != amount.currency {
            return refused(HoldRefusal::OtherCurrency);
        }
        if amount.amount <= 0 || account.available() < amount.amount {
            return refused(HoldRefusal::InsufficientFunds);
        }
        Some(AccountEvent::FundsHeld {
            payment_id,
            order_id,
            amount,
        })
    }
}

impl OpenAccount {
    fn decide(&self, command: AccountCommand) -> Decision {
        match command {
            AccountCommand::Deposit { amount, reference } => {
                self.accepts(amount)?;
                if self.has_moved(&reference, amount.amount)? {
                    return Ok(Vec::new());
                }
                self.can_grow_by(amount)?;
                let counter_account = LedgerAccount::Cash;
                Ok(vec![AccountEvent::Deposited {
                    amount,
                    reference,
                    counter_account,
                }])
            }
            AccountCommand::Withdraw { amount, reference } => {
                self.accepts(amount)?;
                if self.has_moved(&reference, -amount.amount)? {
                    return Ok(Vec::new());
                }
                self.has_available(amount)?;
                let counter_account = LedgerAccount::Cash;
                Ok(vec![AccountEvent::Withdrawn {
                    amount,
                    reference,
                    counter_account,
                }])
            }
            AccountCommand::Capture { payment_id, amount } => self.capture(payment_id, amount),
            AccountCommand::Release { payment_id } => Ok(self.release(payment_id)),
            AccountCommand::Refund {
                payment_id,
                order_id,
                refund_id,
                amount,
                borne_by: counter_account,
            } => {
                self.accepts(amount)?;
                self.can_grow_by(amount)?;
                Ok(vec![AccountEvent::Refunded {
                    payment_id,
                    order_id,
                    refund_id,
                    amount,
                    counter_account,
                }])
            }
            AccountCommand::Open { .. } | AccountCommand::Hold { .. } => Err(AccountError::AlreadyOpen),
        }
    }

    fn capture(&self, payment_id: PaymentId, amount: Money) -> Decision {
        self.accepts(amount)?;
        let Hold { order_id, remaining } = *self.holds.get(&payment_id).ok_or(AccountError::NoSuchHold)?;
        if amount.amount > remaining {
            return Err(AccountError::MoreThanHeld {
                held: self.money(remaining),
            });
        }
        let counter_account = LedgerAccount::Revenue;
        Ok(vec![AccountEvent::HoldCaptured {
            payment_id,
            order_id,
            amount,
            counter_account,
        }])
    }

    /// A hold that is gone already needs no second release.
    fn release(&self, payment_id: PaymentId) -> Vec<AccountEvent> {
        let hold = self.holds.get(&payment_id);
        hold.map(|hold| AccountEvent::HoldReleased {
            payment_id,
            order_id: hold.order_id,
            amount: self.money(hold.remaining),
        })
        .into_iter()
        .collect()
    }

    fn accepts(&self, amount: Money) -> Result<(), AccountError> {
        if amount.currency != self.currency {
            return Err(AccountError::OtherCurrency {
                expected: self.currency,
                actual: amount.currency,
            });
        }
        if amount.amount <= 0 {
            return Err(AccountError::NotPositive);
        }
        Ok(())
    }

    /// Whether this movement was made already; another one under the same name is refused.
    fn has_moved(&self, reference: &Reference, change: i64) -> Result<bool, AccountError> {
        let known = self.movements.iter().find(|known| known.reference == *reference);
        match known {
            None => Ok(false),
            Some(known) if known.change == change => Ok(true),
            Some(_) => Err(AccountError::ReferenceTaken),
        }
    }

    fn can_grow_by(&self, amount: Money) -> Result<(), AccountError> {
        match self.booked.checked_add(amount.amount) {
            Some(sum) if sum <= MAX_BALANCE => Ok(()),
            _ => Err(AccountError::BalanceTooLarge),
        }
    }

    fn has_available(&self, amount: Money) -> Result<(), AccountError> {
        if self.available() < amount.amount {
            return Err(AccountError::InsufficientFunds {
                available: self.money(self.available()),
            });
        }
        Ok(())
    }

    fn money(&self, amount: i64) -> Money {
        Money {
            amount,
            currency: self.currency,
        }
    }
}
