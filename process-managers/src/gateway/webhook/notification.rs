//! What a webhook says, in the words of the domain.
//!
//! | event | what it says |
//! |---|---|
//! | `payment_intent.amount_capturable_updated` | authorised |
//! | `payment_intent.payment_failed` | declined |
//! | `payment_intent.succeeded` | captured, perhaps a part |
//! | `payment_intent.canceled` | voided |
//! | `refund.created`, `refund.updated`, `refund.failed`, `charge.refund.updated` | refunded, refund failed |
//! | `charge.refunded` | the sum of all refunds |
//! | `charge.dispute.*` | nothing that can be recorded: people must look |
//! | anything else | nothing that this shop waits for |
//!
//! The payment is the one that has the gateway's name of it (`payment_intent`), or the one that the metadata name
//! which this shop has sent along. What is done at the gateway's own pages carries the first alone. A refund that
//! was made there has no name of ours: one is derived from the gateway's, so that each delivery names the same.

use domain::{
    payment::GatewayFact,
    value::{PaymentId, RefundId, Text},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::WebhookError;
use crate::gateway::stripe::wire::{Charge, Dispute, Intent, Reference, Refund, RefundStatus, Uncountable};

/// The longest identifier of an event, in bytes.
const MAX_ID: usize = 255;

/// A delivery whose signature was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The gateway's name for what happened: the same for every delivery of it.
    pub event_id: String,
    /// What it says of a payment that may be one of ours; nothing when the shop has no use for it.
    pub news: Option<News>,
}

/// What the gateway says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which payment it is.
    pub subject: Subject,
    /// What it says.
    pub says: Says,
}

/// How the gateway names a payment; at least one of both is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The gateway's own name for it.
    pub gateway_reference: Option<Text<200>>,
    /// Ours, from the metadata.
    pub payment_id: Option<PaymentId>,
}

/// What a delivery says of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// A fact that the payment can take in.
    Fact(GatewayFact),
    /// Something that the books have no place for. People must look at it.
    Unrecordable(&'static str),
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
            "charge.refunded" => of_charge(&read(data.object)?),
            dispute if dispute.starts_with("charge.dispute.") => of_dispute(&read(data.object)?),
            _ => None,
        };
        Ok(Self {
            event_id: id,
            news: news.filter(|news| news.subject != Subject::default()),
        })
    }
}

fn read<'de, T: Deserialize<'de>>(object: &'de RawValue) -> Result<T, WebhookError> {
    serde_json::from_str(object.get()).map_err(WebhookError::Malformed)
}

/// A name that is none of this shop's form belongs to something else.
fn ours<T: std::str::FromStr>(name: Option<&String>) -> Option<T> {
    name?.parse().ok()
}

fn named(reference: Option<&Reference>) -> Option<Text<200>> {
    Text::try_from(reference?.name().to_owned()).ok()
}

fn of_intent(kind: &str, intent: &Intent) -> Option<News> {
    let gateway_reference = Text::try_from(intent.id.clone()).ok()?;
    let subject = Subject {
        gateway_reference: Some(gateway_reference.clone()),
        payment_id: ours(intent.metadata.get("payment_id")),
    };
    let says = match kind {
        "payment_intent.amount_capturable_updated" => {
            Says::Fact(GatewayFact::Authorised { gateway_reference })
        }
        "payment_intent.succeeded" => match intent.captured() {
            Ok(amount) => Says::Fact(GatewayFact::Captured {
                gateway_reference,
                amount,
            }),
            Err(Uncountable) => Says::Unrecordable("an amount that the books cannot count"),
        },
        "payment_intent.canceled" => Says::Fact(GatewayFact::Voided),
        _ => Says::Fact(GatewayFact::Declined {
            code: code(intent.failure())?,
        }),
    };
    Some(News { subject, says })
}

fn of_refund(refund: &Refund) -> Option<News> {
    let subject = Subject {
        gateway_reference: named(refund.payment_intent.as_ref()),
        payment_id: ours(refund.metadata.get("payment_id")),
    };
    let refund_id =
        ours(refund.metadata.get("refund_id")).unwrap_or_else(|| derived(&format!("refund {}", refund.id)));
    let says = match refund.status {
        RefundStatus::Succeeded => match refund.money() {
            Some(amount) => Says::Fact(GatewayFact::Refunded { refund_id, amount }),
            None => Says::Unrecordable("an amount that the books cannot count"),
        },
        RefundStatus::Failed | RefundStatus::Canceled => Says::Fact(GatewayFact::RefundFailed {
            refund_id,
            code: code(refund.failure_reason.as_deref().unwrap_or("refund_failed"))?,
        }),
        // Another delivery follows when it is decided.
        RefundStatus::Pending | RefundStatus::RequiresAction | RefundStatus::Unknown => return None,
    };
    Some(News { subject, says })
}

fn of_charge(charge: &Charge) -> Option<News> {
    let subject = Subject {
        gateway_reference: named(charge.payment_intent.as_ref()),
        payment_id: ours(charge.metadata.get("payment_id")),
    };
    let says = match charge.refunded() {
        Some(amount) => Says::Fact(GatewayFact::RefundedInAll {
            refund_id: derived(&format!("charge {} refunded {}", charge.id, amount.amount)),
            amount,
        }),
        None => Says::Unrecordable("an amount that the books cannot count"),
    };
    Some(News { subject, says })
}

fn of_dispute(dispute: &Dispute) -> Option<News> {
    let subject = Subject {
        gateway_reference: named(dispute.payment_intent.as_ref()),
        payment_id: None,
    };
    Some(News {
        subject,
        says: Says::Unrecordable("a dispute"),
    })
}

/// A name of ours for what has only one of the gateway's.
fn derived(name: &str) -> RefundId {
    RefundId::new(Uuid::new_v5(
        &Uuid::NAMESPACE_OID,
        format!("payment gateway {name}").as_bytes(),
    ))
}

/// A code that cannot be kept says only that there was a reason.
fn code(code: &str) -> Option<Text<100>> {
    Text::try_from(code.to_owned())
        .or_else(|_| Text::try_from("unspecified".to_owned()))
        .ok()
}
