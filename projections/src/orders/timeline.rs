//! The steps of an order as rows, wherever they happened.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::borrow::Cow;

use domain::{Event, order::OrderEvent};
use serde::Deserialize;

use super::{
    apply::status,
    step::{Step, steps},
};
use crate::{
    copy::{CopyRows, Jsonb},
    recorded::{EventError, Recorded},
};

/// A value that the detail of a step is made of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "(String, String)")]
pub struct StepParameter {
    /// Its name, such as `sku`. A value that is a list appears once for each of its entries.
    pub name: String,
    /// The value: a whole number in digits, a time in RFC 3339, a code or a text.
    pub value: String,
}

impl From<(String, String)> for StepParameter {
    fn from((name, value): (String, String)) -> Self {
        Self { name, value }
    }
}

/// The fields of the metadata that a step shows, without a copy of each.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cause<'json> {
    #[serde(borrow)]
    actor: Cow<'json, str>,
    #[serde(borrow)]
    correlation_id: Cow<'json, str>,
    #[serde(borrow)]
    causation_id: Option<Cow<'json, str>>,
}

/// Adds the steps that an event is, if it concerns an order.
pub(super) fn add(rows: &mut CopyRows, recorded: &Recorded) -> Result<(), EventError> {
    for step in steps(recorded)? {
        // The charges of a subscription belong to no order.
        if !step.order_id.is_of_subscription() {
            push(rows, recorded, &step)?;
        }
    }
    Ok(())
}

fn push(rows: &mut CopyRows, recorded: &Recorded, step: &Step) -> Result<(), EventError> {
    let parameters = match step.parameters.as_slice() {
        [] => None,
        parameters => Some(serde_json::to_string(parameters).map_err(|error| recorded.refuse(error))?),
    };
    let (status, cancel_code, carrier) = state(&recorded.event);
    let envelope = &recorded.envelope;
    // Metadata of another shape than ours reads as empty fields, as everywhere.
    let cause: Cause<'_> = serde_json::from_str(&envelope.metadata).unwrap_or_default();
    rows.push(&[
        &step.order_id.uuid(),
        &envelope.position,
        &step.code,
        &step.detail,
        &parameters.as_deref().map(Jsonb),
        &status,
        &cancel_code,
        &carrier,
        &envelope.aggregate_type,
        &envelope.aggregate_id,
        &envelope.recorded_at,
        &cause.actor,
        &cause.correlation_id,
        &cause.causation_id,
    ]);
    Ok(())
}

/// What a step of the order itself says of its state.
fn state(event: &Event) -> (Option<&'static str>, Option<&'static str>, Option<String>) {
    let Event::Order(event) = event else {
        return (None, None, None);
    };
    let (cancel_code, carrier) = match event {
        OrderEvent::Cancelled { reason } => (Some(reason.code()), None),
        OrderEvent::Shipped { carrier, .. } => (None, carrier.as_ref().map(ToString::to_string)),
        OrderEvent::Placed { .. }
        | OrderEvent::Confirmed {}
        | OrderEvent::Paid {}
        | OrderEvent::Delivered {}
        | OrderEvent::ReturnRequested { .. }
        | OrderEvent::ReturnAccepted { .. }
        | OrderEvent::RefundReduced { .. }
        | OrderEvent::ReturnRejected { .. }
        | OrderEvent::Returned {} => (None, None),
    };
    (status(event), cancel_code, carrier)
}
