//! The payment gateway: whoever moves the money of cards.
//!
//! Every call carries an idempotency key that is derived from what is asked, so a question that is repeated
//! (after a crash, after a time-out, by another copy) moves no money twice. What an adapter deliberately
//! does not do: retry, limit its time, or decide what an answer means for the payment. An adapter that
//! does not know what became of a question says so and is asked again; it never guesses.

mod ask;
mod breaker;
mod guard;
mod sandbox;
mod secret;
pub mod stripe;
pub mod webhook;

use std::error::Error;

use async_trait::async_trait;
use domain::value::{CardToken, Money, OrderId, PaymentId, RefundId, Text};
use uuid::Uuid;

pub(crate) use self::guard::{AskError, Guard};
pub use self::{
    breaker::Breaker,
    sandbox::{SandboxGateway, SandboxToken, TOKENS},
    secret::SecretKey,
    stripe::StripeGateway,
};

/// What a gateway answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayAnswer {
    /// It is done.
    Approved {
        /// The gateway's name for the payment.
        reference: Text<200>,
    },
    /// A part was captured before, and the rest cannot be had any more.
    PartApproved {
        /// How much was captured.
        captured: Money,
    },
    /// It will not be done, for a reason that the customer may be told.
    Declined {
        /// The gateway's code for the reason.
        code: Text<100>,
    },
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The gateway cannot be reached or did not answer in time. Whether it did what it was asked is not
    /// known; asked again with the same key, it will tell.
    #[error("the payment gateway cannot be reached")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The gateway has the question and has not decided yet; asked again with the same key, it will tell.
    #[error("the payment gateway has not decided yet")]
    Undecided,
    /// The gateway does not understand the question, or is set up wrongly: asking again does not help.
    #[error("the payment gateway refuses the call: {reason}")]
    Refused {
        /// What it says.
        reason: String,
    },
}

/// The question whether a card can be charged.
#[derive(Debug, Clone, Copy)]
pub struct Authorisation<'a> {
    /// The payment.
    pub payment_id: PaymentId,
    /// The order that is paid.
    pub order_id: OrderId,
    /// The card.
    pub token: &'a CardToken,
    /// How much.
    pub amount: Money,
}

/// The wish to give collected money back.
#[derive(Debug, Clone, Copy)]
pub struct RefundOrder<'a> {
    /// The payment.
    pub payment_id: PaymentId,
    /// Names the refund.
    pub refund_id: RefundId,
    /// The gateway's name for the payment.
    pub reference: &'a Text<200>,
    /// How much.
    pub amount: Money,
}

/// Moves the money of cards. The same key asks the same question: it is answered as the first time.
#[async_trait]
pub trait PaymentGateway: Send + Sync + 'static {
    /// Sets money aside.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    async fn authorise(
        &self,
        key: Uuid,
        authorisation: Authorisation<'_>,
    ) -> Result<GatewayAnswer, GatewayError>;

    /// Collects money that is set aside.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    async fn capture(
        &self,
        key: Uuid,
        reference: &Text<200>,
        amount: Money,
    ) -> Result<GatewayAnswer, GatewayError>;

    /// Gives up money that is set aside.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    async fn void(&self, key: Uuid, reference: &Text<200>) -> Result<GatewayAnswer, GatewayError>;

    /// Gives collected money back.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    async fn refund(&self, key: Uuid, order: RefundOrder<'_>) -> Result<GatewayAnswer, GatewayError>;
}
