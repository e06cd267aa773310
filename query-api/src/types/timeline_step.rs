//! `TimelineStep`.

use async_graphql::Object;
use chrono::{DateTime, Utc};
use projections::orders;

use super::{Position, StepParameter};

/// A step of an order.
pub(crate) struct TimelineStep(pub(crate) orders::TimelineStep);

/// Something that happened for an order, with its time and its cause.
#[Object]
impl TimelineStep {
    /// What happened, as a stable code such as `placed`, `stock_reserved` or `payment_authorised`, by which a
    /// front-end chooses its own sentence. New codes may come.
    async fn step(&self) -> &str {
        &self.0.step
    }

    /// What the detail is made of, to be filled into a sentence of another language; empty when there is
    /// nothing to say.
    async fn parameters(&self) -> Vec<StepParameter> {
        self.0.parameters.iter().map(StepParameter::from).collect()
    }

    /// What there is to say of it in English, such as the amount or the reason.
    async fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// When it happened.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Who asked for it: a person, a service or a process manager; null if nobody said.
    async fn actor(&self) -> Option<&str> {
        said(&self.0.actor)
    }

    /// What it happened to: `order`, `payment`, `stock` or `account`.
    async fn aggregate_type(&self) -> &str {
        &self.0.aggregate_type
    }

    /// The id of what it happened to.
    async fn aggregate_id(&self) -> &str {
        &self.0.aggregate_id
    }

    /// The event.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }

    /// The event that caused it; null when a request did.
    async fn caused_by(&self) -> Option<Position> {
        self.0.causation_id.as_ref()?.parse().ok().map(Position)
    }

    /// The same for everything that follows from one request.
    async fn correlation_id(&self) -> Option<&str> {
        said(&self.0.correlation_id)
    }
}

fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
