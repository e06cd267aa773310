//! What a webhook says, in the words of the domain.
//!
//! | event | fact |
//! |---|---|
//! | `payment_intent.amount_capturable_updated` | authorised |
//! | `payment_intent.payment_failed` | declined |
//! | `payment_intent.succeeded` | captured |
//! | `payment_intent.canceled` | voided |
//! | `refund.created`, `refund.updated`, `refund.failed`, `charge.refund.updated` | refunded, refund failed |
//! | anything else | nothing that this shop waits for |
//!
//! Which payment it is about stands in the metadata that this shop has sent along. What has none was made by
//! somebody else with the same account, and is let pass.

use domain::{
    payment::GatewayFact,
    value::{Currency, Money, PaymentId, RefundId, Text},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::WebhookError;
use crate::gateway::stripe::wire::{Intent, Refund, RefundStatus};

/// The longest identifier of an event, in bytes.
const MAX_ID: usize = 255;

/// A delivery whose signature was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The gateway's name for what happened: the same for every delivery of it.
    pub event_id: String,
    /// What it says of one of our payments; nothing when it is none of our business.
    pub news: Option<News>,
}

/// What the gateway says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which payment.
    pub payment_id: PaymentId,
    /// What it says.
    pub fact: GatewayFact,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
}

impl Notification {
    pub(super) fn parse(body: &[u8]) -> Result<Self, WebhookError> {
        let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(WebhookError::Malformed)?;
        let Envelope { id, kind, data } = envelope;
        if id.is_empty() || id.len() > MAX_ID {
            return Err(WebhookError::NoEventId);
        }
        let news = match kind.as_str() {
            "payment_intent.amount_capturable_updated"
            | "payment_intent.payment_failed"
            | "payment_intent.succeeded"
            | "payment_intent.canceled" => of_intent(&kind, &read(data.object)?),
            "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
                of_refund(&read(data.object)?)
            }
            _ => None,
        };
        Ok(Self { event_id: id, news })
    }
}

fn read<'de, T: Deserialize<'de>>(object: &'de RawValue) -> Result<T, WebhookError> {
    serde_json::from_str(object.get()).map_err(WebhookError::Malformed)
}

fn of_intent(kind: &str, intent: &Intent) -> Option<News> {
    let payment_id = intent.metadata.get("payment_id")?.parse().ok()?;
    let gateway_reference = Text::try_from(intent.id.clone()).ok()?;
    let fact = match kind {
        "payment_intent.amount_capturable_updated" => GatewayFact::Authorised { gateway_reference },
        "payment_intent.succeeded" => GatewayFact::Captured { gateway_reference },
        "payment_intent.canceled" => GatewayFact::Voided,
        _ => GatewayFact::Declined {
            code: Text::try_from(intent.failure().to_owned()).ok()?,
        },
    };
    Some(News { payment_id, fact })
}

fn of_refund(refund: &Refund) -> Option<News> {
    let payment_id = refund.metadata.get("payment_id")?.parse().ok()?;
    let refund_id: RefundId = refund.metadata.get("refund_id")?.parse().ok()?;
    let fact = match refund.status {
        RefundStatus::Succeeded => GatewayFact::Refunded {
            refund_id,
            amount: Money {
                amount: refund.minor_units(),
                currency: Currency::try_from(refund.currency.to_uppercase()).ok()?,
            },
        },
        RefundStatus::Failed | RefundStatus::Canceled => GatewayFact::RefundFailed {
            refund_id,
            code: Text::try_from(
                refund
                    .failure_reason
                    .clone()
                    .unwrap_or_else(|| "refund_failed".to_owned()),
            )
            .ok()?,
        },
        RefundStatus::Pending | RefundStatus::RequiresAction | RefundStatus::Unknown => return None,
    };
    Some(News { payment_id, fact })
}
