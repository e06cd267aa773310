//! What may be asked of an account.

use serde::{Deserialize, Serialize};

use super::LedgerAccount;
use crate::value::{Currency, CustomerId, Money, OrderId, PaymentId, Reference, RefundId};

/// A command to one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountCommand {
    /// Opens the account; one for each owner and currency.
    Open {
        /// Who owns the money.
        owner_id: CustomerId,
        /// The only currency it will ever hold.
        currency: Currency,
    },
    /// Puts money in.
    Deposit {
        /// How much.
        amount: Money,
        /// The caller's name for this movement; repeated soon, it moves nothing again.
        reference: Reference,
    },
    /// Takes money out.
    Withdraw {
        /// How much, at most what is available.
        amount: Money,
        /// The caller's name for this movement; repeated soon, it moves nothing again.
        reference: Reference,
    },
    /// Sets money aside for a payment; answered by a fact, held or refused.
    Hold {
        /// The payment that asks; at most one hold for each.
        payment_id: PaymentId,
        /// The order that is paid.
        order_id: OrderId,
        /// How much.
        amount: Money,
    },
    /// Moves held money to the shop, all of it or a part.
    Capture {
        /// The payment whose hold it is.
        payment_id: PaymentId,
        /// How much, at most what is still held.
        amount: Money,
    },
    /// Gives up what is still held for a payment.
    Release {
        /// The payment whose hold it is.
        payment_id: PaymentId,
    },
    /// Gives captured money back.
    Refund {
        /// The payment that had captured it.
        payment_id: PaymentId,
        /// The order that was paid.
        order_id: OrderId,
        /// Names this refund.
        refund_id: RefundId,
        /// How much.
        amount: Money,
        /// Which account of the shop bears it.
        #[serde(default, skip_serializing_if = "LedgerAccount::is_revenue")]
        borne_by: LedgerAccount,
    },
}
