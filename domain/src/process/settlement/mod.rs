//! Settlement: brings a payment together with whoever moves the money.
//!
//! One process for each payment. It knows where the money comes from: an account of the shop is
//! asked by commands, a card by calls to the gateway. A call that is not answered is made again, see
//! [`GatewayCall`].

mod asking;
mod gateway_call;
#[cfg(test)]
pub(super) mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg(test)]
pub(super) use self::asking::waits;
pub use self::gateway_call::GatewayCall;
use self::gateway_call::Unnamed;
use super::{Action, ProcessManager, TimerName};
use crate::{
    Event,
    account::{AccountCommand, AccountEvent, HoldRefusal, LedgerAccount},
    order::PaymentMethod,
    payment::{PaymentCommand, PaymentEvent},
    value::{AccountId, Money, OrderId, PaymentId, RefundId, Text},
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
    /// The calls to the gateway whose outcome is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    open: Vec<GatewayCall>,
    /// How often in a row the timer rang without an answer.
    #[serde(default)]
    rings: u32,
    /// Whether the timer runs.
    #[serde(default)]
    waits: bool,
    #[serde(default)]
    step: Step,
}

/// The last thing that the payment asked for, or what came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    #[default]
    Authorising,
    Authorised,
    Declined,
    Capturing,
    Captured,
    CaptureFailed,
    Voiding,
    Voided,
    Refunding,
    Refunded,
    RefundFailed,
}

impl Step {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Authorising => "authorising",
            Self::Authorised => "authorised",
            Self::Declined => "declined",
            Self::Capturing => "capturing",
            Self::Captured => "captured",
            Self::CaptureFailed => "capture_failed",
            Self::Voiding => "voiding",
            Self::Voided => "voided",
            Self::Refunding => "refunding",
            Self::Refunded => "refunded",
            Self::RefundFailed => "refund_failed",
        }
    }

    const fn after(event: &PaymentEvent) -> Self {
        match event {
            PaymentEvent::Requested { .. } => Self::Authorising,
            PaymentEvent::Authorised { .. } => Self::Authorised,
            PaymentEvent::Declined { .. } => Self::Declined,
            PaymentEvent::CaptureRequested { .. } => Self::Capturing,
            PaymentEvent::Captured { .. } => Self::Captured,
            PaymentEvent::CaptureFailed { .. } => Self::CaptureFailed,
            PaymentEvent::VoidRequested { .. } => Self::Voiding,
            PaymentEvent::Voided { .. } => Self::Voided,
            PaymentEvent::RefundRequested { .. } => Self::Refunding,
            PaymentEvent::Refunded { .. } | PaymentEvent::RefundIdentified { .. } => Self::Refunded,
            PaymentEvent::RefundFailed { .. } => Self::RefundFailed,
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
            Event::Account(
                AccountEvent::Opened { .. } | AccountEvent::Deposited { .. } | AccountEvent::Withdrawn { .. },
            )
            | Event::Product(_)
            | Event::Stock(_)
            | Event::Order(_)
            | Event::Subscription(_)
            | Event::Warehouse(_) => None,
        }
    }

    fn react(&mut self, aggregate_id: &str, event: &Event, recorded_at: DateTime<Utc>) -> Vec<Action> {
        match event {
            Event::Payment(event) => match aggregate_id.parse() {
                Ok(payment_id) => self.payment(payment_id, event, recorded_at),
                Err(_) => Vec::new(),
            },
            Event::Account(event) => account(event),
            Event::Product(_)
            | Event::Stock(_)
            | Event::Order(_)
            | Event::Subscription(_)
            | Event::Warehouse(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match self {
            Self::Unknown => "started",
            Self::Known(known) if known.gave_up() => "failed",
            Self::Known(_) => "open",
        }
    }

    fn timer(&mut self, _process_id: &str, name: TimerName, due_at: DateTime<Utc>) -> Vec<Action> {
        match (self, name) {
            (Self::Known(known), TimerName::GatewayAnswer) => known.ask_again(due_at),
            _ => Vec::new(),
        }
    }

    fn step(&self) -> &'static str {
        match self {
            Self::Unknown => "started",
            Self::Known(known) => known.step.as_str(),
        }
    }
}

impl Settlement {
    /// What the payment asks for goes to the account or to the gateway.
    fn payment(&mut self, payment_id: PaymentId, event: &PaymentEvent, at: DateTime<Utc>) -> Vec<Action> {
        if let PaymentEvent::Requested {
            order_id,
            amount,
            method,
            ..
        } = event
        {
            let mut known = KnownPayment {
                order_id: *order_id,
                amount: *amount,
                method: method.clone(),
                gateway_reference: None,
                open: Vec::new(),
                rings: 0,
                waits: false,
                step: Step::Authorising,
            };
            let action = known.authorise(payment_id);
            let actions = known.watch(vec![action], at);
            *self = Self::Known(known);
            return actions;
        }
        let Self::Known(known) = self else {
            return Vec::new();
        };
        known.step = Step::after(event);
        known.hear(event);
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
                refund_id,
                amount,
                borne_by,
                ..
            } => known.refund(payment_id, *refund_id, *amount, *borne_by),
            PaymentEvent::Requested { .. }
            | PaymentEvent::Declined { .. }
            | PaymentEvent::Captured { .. }
            | PaymentEvent::CaptureFailed { .. }
            | PaymentEvent::Voided { .. }
            | PaymentEvent::Refunded { .. }
            | PaymentEvent::RefundIdentified { .. }
            | PaymentEvent::RefundFailed { .. } => None,
        };
        let actions = known.watch(action.into_iter().collect(), at);
        if matches!(event, PaymentEvent::Authorised { .. }) {
            // The capture follows in a moment: the timer that runs serves for it as well.
            return actions;
        }
        known.rest(actions)
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
            payment_id,
            AccountCommand::Capture { payment_id, amount },
            Unnamed::Capture,
            |gateway_reference| GatewayCall::Capture {
                payment_id,
                gateway_reference,
                amount,
            },
        )
    }

    fn void(&self, payment_id: PaymentId) -> Option<Action> {
        self.ask(
            payment_id,
            AccountCommand::Release { payment_id },
            Unnamed::Void,
            |gateway_reference| GatewayCall::Void {
                payment_id,
                gateway_reference,
            },
        )
    }

    fn refund(
        &self,
        payment_id: PaymentId,
        refund_id: RefundId,
        amount: Money,
        borne_by: LedgerAccount,
    ) -> Option<Action> {
        let order_id = self.order_id;
        self.ask(
            payment_id,
            AccountCommand::Refund {
                payment_id,
                order_id,
                refund_id,
                amount,
                borne_by,
            },
            Unnamed::Refund(refund_id),
            |gateway_reference| GatewayCall::Refund {
                payment_id,
                gateway_reference,
                refund_id,
                amount,
            },
        )
    }

    /// Asks the account, or the gateway under the name that it gave the payment.
    ///
    /// Without that name the gateway cannot be asked: the payment is told at once, so that nobody waits.
    fn ask(
        &self,
        payment_id: PaymentId,
        command: AccountCommand,
        unnamed: Unnamed,
        call: impl FnOnce(Text<200>) -> GatewayCall,
    ) -> Option<Action> {
        match (&self.method, &self.gateway_reference) {
            (PaymentMethod::Account { account_id }, _) => Some(to_account(*account_id, command)),
            (PaymentMethod::Card { .. }, Some(name)) => Some(Action::Gateway(call(name.clone()))),
            (PaymentMethod::Card { .. }, None) => {
                GatewayCall::unaskable(unnamed).map(|command| (payment_id, command).into())
            }
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
        AccountEvent::Opened { .. } | AccountEvent::Deposited { .. } | AccountEvent::Withdrawn { .. } => {
            return Vec::new();
        }
    };
    vec![(*payment_id, command).into()]
}

fn decline_code(reason: HoldRefusal) -> Option<Text<100>> {
    reason.code().to_owned().try_into().ok()
}

fn to_account(account_id: AccountId, command: AccountCommand) -> Action {
    (account_id, command).into()
}
