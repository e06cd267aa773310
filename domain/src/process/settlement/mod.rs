//! Settlement: brings a payment together with whoever moves the money.
//!
//! One process for each payment. It knows where the money comes from: an account of the shop is
//! asked by commands, a card by calls to the gateway.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Action, ProcessManager};
use crate::{
    Event,
    account::{AccountCommand, AccountEvent, HoldRefusal},
    order::PaymentMethod,
    payment::{PaymentCommand, PaymentEvent},
    value::{AccountId, CardToken, Money, OrderId, PaymentId, RefundId, Text},
};

/// The process of one payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Settlement {
    /// The payment was not asked for yet.
    #[default]
    Unknown,
    /// The money comes from here.
    Known(KnownPayment),
}

/// What there is to know of a payment to move its money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPayment {
    order_id: OrderId,
    amount: Money,
    method: PaymentMethod,
    gateway_reference: Option<Text<200>>,
}

/// A question to the payment gateway. It carries everything that the gateway needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum GatewayCall {
    /// Set money aside.
    Authorise {
        /// The payment.
        payment_id: PaymentId,
        /// The order that is paid.
        order_id: OrderId,
        /// The card.
        token: CardToken,
        /// How much.
        amount: Money,
    },
    /// Collect money that is set aside.
    Capture {
        /// The payment.
        payment_id: PaymentId,
        /// The gateway's name for it.
        gateway_reference: Text<200>,
        /// How much.
        amount: Money,
    },
    /// Give up money that is set aside.
    Void {
        /// The payment.
        payment_id: PaymentId,
        /// The gateway's name for it.
        gateway_reference: Text<200>,
    },
    /// Give collected money back.
    Refund {
        /// The payment.
        payment_id: PaymentId,
        /// The gateway's name for it.
        gateway_reference: Text<200>,
        /// Which refund.
        refund_id: RefundId,
        /// How much.
        amount: Money,
    },
}

impl GatewayCall {
    /// The payment that the call is about.
    pub const fn payment_id(&self) -> PaymentId {
        match self {
            Self::Authorise { payment_id, .. }
            | Self::Capture { payment_id, .. }
            | Self::Void { payment_id, .. }
            | Self::Refund { payment_id, .. } => *payment_id,
        }
    }
}

impl ProcessManager for Settlement {
    const NAME: &'static str = "settlement";

    fn route(aggregate_id: &str, event: &Event) -> Option<String> {
        match event {
            Event::Payment(_) => Some(aggregate_id.to_owned()),
            Event::Account(
                AccountEvent::FundsHeld { payment_id, .. }
                | AccountEvent::HoldRefused { payment_id, .. }
                | AccountEvent::HoldCaptured { payment_id, .. }
                | AccountEvent::HoldReleased { payment_id, .. }
                | AccountEvent::Refunded { payment_id, .. },
            ) => Some(payment_id.to_string()),
            _ => None,
        }
    }

    fn react(&mut self, aggregate_id: &str, event: &Event, _recorded_at: DateTime<Utc>) -> Vec<Action> {
        match event {
            Event::Payment(event) => match aggregate_id.parse() {
                Ok(payment_id) => self.payment(payment_id, event),
                Err(_) => Vec::new(),
            },
            Event::Account(event) => account(event),
            _ => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match self {
            Self::Unknown => "started",
            Self::Known(_) => "open",
        }
    }
}

impl Settlement {
    /// What the payment asks for goes to the account or to the gateway.
    fn payment(&mut self, payment_id: PaymentId, event: &PaymentEvent) -> Vec<Action> {
        if let PaymentEvent::Requested {
            order_id,
            amount,
            method,
            ..
        } = event
        {
            let (order_id, amount, method) = (*order_id, *amount, method.clone());
            let known = KnownPayment {
                order_id,
                amount,
                method,
                gateway_reference: None,
            };
            let action = known.authorise(payment_id);
            *self = Self::Known(known);
            return vec![action];
        }
        let Self::Known(known) = self else {
            return Vec::new();
        };
        let action = match event {
            PaymentEvent::Authorised {
                gateway_reference, ..
            } => {
                known.gateway_reference.clone_from(gateway_reference);
                None
            }
            PaymentEvent::CaptureRequested { amount, .. } => known.capture(payment_id, *amount),
            PaymentEvent::VoidRequested { .. } => known.void(payment_id),
            PaymentEvent::RefundRequested {
                refund_id, amount, ..
            } => known.refund(payment_id, *refund_id, *amount),
            _ => None,
        };
        action.into_iter().collect()
    }
}

impl KnownPayment {
    fn authorise(&self, payment_id: PaymentId) -> Action {
        let (order_id, amount) = (self.order_id, self.amount);
        match &self.method {
            PaymentMethod::Account { account_id } => to_account(
                *account_id,
                AccountCommand::Hold {
                    payment_id,
                    order_id,
                    amount,
                },
            ),
            PaymentMethod::Card { token } => Action::Gateway(GatewayCall::Authorise {
                payment_id,
                order_id,
                token: token.clone(),
                amount,
            }),
        }
    }

    fn capture(&self, payment_id: PaymentId, amount: Money) -> Option<Action> {
        self.ask(
            AccountCommand::Capture { payment_id, amount },
            |gateway_reference| GatewayCall::Capture {
                payment_id,
                gateway_reference,
                amount,
            },
        )
    }

    fn void(&self, payment_id: PaymentId) -> Option<Action> {
        self.ask(AccountCommand::Release { payment_id }, |gateway_reference| {
            GatewayCall::Void {
                payment_id,
                gateway_reference,
            }
        })
    }

    fn refund(&self, payment_id: PaymentId, refund_id: RefundId, amount: Money) -> Option<Action> {
        let order_id = self.order_id;
        self.ask(
            AccountCommand::Refund {
                payment_id,
                order_id,
                refund_id,
                amount,
            },
            |gateway_reference| GatewayCall::Refund {
                payment_id,
                gateway_reference,
                refund_id,
                amount,
            },
        )
    }

    /// Asks the account, or the gateway under the name that it gave the payment.
    fn ask(&self, command: AccountCommand, call: impl FnOnce(Text<200>) -> GatewayCall) -> Option<Action> {
        match &self.method {
            PaymentMethod::Account { account_id } => Some(to_account(*account_id, command)),
            PaymentMethod::Card { .. } => self.gateway_reference.clone().map(call).map(Action::Gateway),
        }
    }
}

/// What the account answers goes back to the payment.
fn account(event: &AccountEvent) -> Vec<Action> {
    let (payment_id, command) = match event {
        AccountEvent::FundsHeld { payment_id, .. } => (
            payment_id,
            PaymentCommand::RecordAuthorised {
                gateway_reference: None,
            },
        ),
        AccountEvent::HoldRefused {
            payment_id, reason, ..
        } => match decline_code(*reason) {
            Some(code) => (payment_id, PaymentCommand::RecordDeclined { code }),
            None => return Vec::new(),
        },
        AccountEvent::HoldCaptured { payment_id, .. } => (payment_id, PaymentCommand::RecordCaptured),
        AccountEvent::HoldReleased { payment_id, .. } => (payment_id, PaymentCommand::RecordVoided),
        AccountEvent::Refunded {
            payment_id,
            refund_id,
            ..
        } => (
            payment_id,
            PaymentCommand::RecordRefunded {
                refund_id: *refund_id,
            },
        ),
        _ => return Vec::new(),
    };
    vec![(*payment_id, command).into()]
}

fn decline_code(reason: HoldRefusal) -> Option<Text<100>> {
    reason.code().to_owned().try_into().ok()
}

fn to_account(account_id: AccountId, command: AccountCommand) -> Action {
    (account_id, command).into()
}
