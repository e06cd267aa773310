//! What may be asked of a payment.

use serde::{Deserialize, Serialize};

use super::GatewayFact;
use crate::{
    account::LedgerAccount,
    order::PaymentMethod,
    value::{CustomerId, Money, OrderId, Reason, RefundId, ReturnId, Text},
};

/// A command to one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentCommand {
    /// Asks for the authorisation of an amount.
    Request {
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
    RecordAuthorised {
        /// The gateway's name for the payment; an account has none.
        gateway_reference: Option<Text<200>>,
    },
    /// The money was refused.
    RecordDeclined {
        /// The code of the account or of the gateway.
        code: Text<100>,
    },
    /// Asks for the authorised money.
    RequestCapture,
    /// The whole amount is ours.
    RecordCaptured,
    /// A part of the amount is ours, and the rest was let go.
    RecordPartCaptured {
        /// How much.
        amount: Money,
    },
    /// The money could not be had although it was authorised.
    RecordCaptureFailed {
        /// The code of the gateway.
        code: Text<100>,
    },
    /// Gives the authorisation up.
    RequestVoid,
    /// The authorisation is gone.
    RecordVoided,
    /// Asks to give captured money back.
    RequestRefund {
        /// Names the refund.
        refund_id: RefundId,
        /// How much, at most what was captured and not refunded.
        amount: Money,
        /// Why.
        reason: Reason,
    },
    /// Gives back as much of an amount as is left to give back; nothing when nothing is left.
    ///
    /// For those who owe an amount and cannot know what others gave back in the same moment.
    RefundAtMost {
        /// Names the refund.
        refund_id: RefundId,
        /// How much at most.
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
    /// What the gateway says on its own, whatever was asked and in whatever order it arrives.
    RecordGatewayFact {
        /// What it says.
        fact: GatewayFact,
    },
    /// The money is back.
    RecordRefunded {
        /// Which refund.
        refund_id: RefundId,
    },
    /// The money could not be given back.
    RecordRefundFailed {
        /// Which refund.
        refund_id: RefundId,
        /// The code of the gateway.
        code: Text<100>,
    },
}
