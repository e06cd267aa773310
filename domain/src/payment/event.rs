//! What happened to a payment, as stored for ever.

use serde::{Deserialize, Serialize};

use crate::{
    account::LedgerAccount,
    aggregate::{Claim, stored_names},
    order::PaymentMethod,
    value::{CustomerId, Money, OrderId, Reason, RefundId, ReturnId, Text},
};

/// An event of one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentEvent {
    /// An authorisation was asked for.
    #[serde(rename = "PaymentRequested")]
    Requested {
        /// The order to be paid.
        order_id: OrderId,
        /// Who pays.
        customer_id: CustomerId,
        /// How much.
        amount: Money,
        /// From where.
        method: PaymentMethod,
    },
    /// The money is set aside.
    #[serde(rename = "PaymentAuthorised")]
    Authorised {
        /// The order to be paid.
        order_id: OrderId,
        /// The gateway's name for the payment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gateway_reference: Option<Text<200>>,
    },
    /// The money was refused.
    #[serde(rename = "PaymentDeclined")]
    Declined {
        /// The order that was to be paid.
        order_id: OrderId,
        /// The code of the account or of the gateway.
        code: Text<100>,
    },
    /// The authorised money was asked for.
    #[serde(rename = "CaptureRequested")]
    CaptureRequested {
        /// The order to be paid.
        order_id: OrderId,
        /// How much.
        amount: Money,
    },
    /// The money is ours.
    #[serde(rename = "PaymentCaptured")]
    Captured {
        /// The order that is paid.
        order_id: OrderId,
        /// How much.
        amount: Money,
        /// Whose books moved: an account's own event already carries the entry, a card's does not.
        source: PaymentSource,
    },
    /// The money could not be had although it was authorised.
    #[serde(rename = "CaptureFailed")]
    CaptureFailed {
        /// The order that was to be paid.
        order_id: OrderId,
        /// The code of the gateway.
        code: Text<100>,
    },
    /// The authorisation was given up.
    #[serde(rename = "VoidRequested")]
    VoidRequested {
        /// The order that was to be paid.
        order_id: OrderId,
    },
    /// The authorisation is gone.
    #[serde(rename = "PaymentVoided")]
    Voided {
        /// The order that was to be paid.
        order_id: OrderId,
    },
    /// Captured money was asked to go back.
    #[serde(rename = "RefundRequested")]
    RefundRequested {
        /// The order that was paid.
        order_id: OrderId,
        /// Names the refund.
        refund_id: RefundId,
        /// How much.
        amount: Money,
        /// Why.
        reason: Reason,
        /// Which account of the shop bears it.
        #[serde(default, skip_serializing_if = "LedgerAccount::is_revenue")]
        borne_by: LedgerAccount,
        /// The return whose goods it is for, if it is for one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        return_id: Option<ReturnId>,
    },
    /// The money is back.
    #[serde(rename = "PaymentRefunded")]
    Refunded {
        /// The order that was paid.
        order_id: OrderId,
        /// Which refund.
        refund_id: RefundId,
        /// How much.
        amount: Money,
        /// Whose books moved.
        source: PaymentSource,
        /// Which account of the shop bears it.
        #[serde(default, skip_serializing_if = "LedgerAccount::is_revenue")]
        borne_by: LedgerAccount,
        /// The gateway gave only the sum of its refunds, so the refund that belongs to it is not known yet.
        #[serde(default, skip_serializing_if = "is_false")]
        unnamed: bool,
    },
    /// The gateway named a refund that was recorded before from a sum: no money moves.
    #[serde(rename = "RefundIdentified")]
    RefundIdentified {
        /// The order that was paid.
        order_id: OrderId,
        /// Which refund.
        refund_id: RefundId,
        /// How much of the recorded sum it was.
        amount: Money,
    },
    /// The money could not be given back.
    #[serde(rename = "RefundFailed")]
    RefundFailed {
        /// The order that was paid.
        order_id: OrderId,
        /// Which refund.
        refund_id: RefundId,
        /// The code of the gateway.
        code: Text<100>,
    },
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is the one that serde calls"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// Where the money of a payment comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentSource {
    /// An account of the shop.
    Account,
    /// A card, by way of the gateway.
    Card,
}

impl From<&PaymentMethod> for PaymentSource {
    fn from(method: &PaymentMethod) -> Self {
        match method {
            PaymentMethod::Account { .. } => Self::Account,
            PaymentMethod::Card { .. } => Self::Card,
        }
    }
}

stored_names!(PaymentEvent {
    Requested => ("PaymentRequested", "1"),
    Authorised => ("PaymentAuthorised", "1"),
    Declined => ("PaymentDeclined", "1"),
    CaptureRequested => ("CaptureRequested", "1"),
    Captured => ("PaymentCaptured", "1"),
    CaptureFailed => ("CaptureFailed", "1"),
    VoidRequested => ("VoidRequested", "1"),
    Voided => ("PaymentVoided", "1"),
    RefundRequested => ("RefundRequested", "1"),
    Refunded => ("PaymentRefunded", "1"),
    RefundIdentified => ("RefundIdentified", "1"),
    RefundFailed => ("RefundFailed", "1"),
});

impl PaymentEvent {
    /// The name that the gateway gave the payment, which no other payment has.
    ///
    /// What is done at the gateway's own pages is reported under that name alone.
    pub fn claims(&self) -> Vec<Claim> {
        match self {
            Self::Authorised {
                gateway_reference: Some(reference),
                ..
            } => vec![Self::gateway_claim(reference.as_str())],
            Self::Requested { .. }
            | Self::Authorised { .. }
            | Self::Declined { .. }
            | Self::CaptureRequested { .. }
            | Self::Captured { .. }
            | Self::CaptureFailed { .. }
            | Self::VoidRequested { .. }
            | Self::Voided { .. }
            | Self::RefundRequested { .. }
            | Self::Refunded { .. }
            | Self::RefundIdentified { .. }
            | Self::RefundFailed { .. } => Vec::new(),
        }
    }

    /// The claim to the gateway's name of a payment; `schema/migrations/0011` writes those of older payments.
    pub fn gateway_claim(reference: &str) -> Claim {
        Claim::new("payment.gateway_reference", reference)
    }

    /// The order that the payment belongs to; every event of a payment names it.
    pub const fn order_id(&self) -> OrderId {
        match self {
            Self::Requested { order_id, .. }
            | Self::Authorised { order_id, .. }
            | Self::Declined { order_id, .. }
            | Self::CaptureRequested { order_id, .. }
            | Self::Captured { order_id, .. }
            | Self::CaptureFailed { order_id, .. }
            | Self::VoidRequested { order_id }
            | Self::Voided { order_id }
            | Self::RefundRequested { order_id, .. }
            | Self::Refunded { order_id, .. }
            | Self::RefundIdentified { order_id, .. }
            | Self::RefundFailed { order_id, .. } => *order_id,
        }
    }
}
