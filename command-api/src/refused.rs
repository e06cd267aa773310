//! Refusals of every aggregate in one shape.

use std::{collections::BTreeMap, fmt};

use domain::{Refusal, RefusalKind};
use event_store::BusError;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Why a command came to nothing, whichever aggregate it was for.
pub type CommandError = BusError<Refused>;

/// What a program may want to know about a refusal beside its code, such as the new total of an order.
pub type Details = BTreeMap<&'static str, Value>;

/// A refusal, whoever refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}")]
pub struct Refused {
    /// How it is to be understood.
    pub kind: RefusalKind,
    /// The stable code.
    pub code: &'static str,
    /// The refusal as a sentence.
    pub rule: String,
    /// The fields that are to blame, if any are.
    pub errors: Vec<FieldError>,
    /// More for programs.
    pub details: Details,
}

/// A field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The path of the field, such as `lines[0].quantity`; empty for the whole body.
    #[schema(example = "lines[0].quantity")]
    pub field: String,
    /// The stable code of the rule.
    #[schema(value_type = String, example = "invalid_quantity")]
    pub code: &'static str,
    /// The rule, as a sentence or as the end of the sentence "the field …".
    #[schema(example = "must be between 1 and 10000000 units")]
    pub rule: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => write!(f, "the body {}", self.rule),
            field => write!(f, "{field} {}", self.rule),
        }
    }
}

impl Refused {
    /// The refusal of an aggregate.
    pub fn by<R: Refusal>(refusal: &R) -> Self {
        let (code, rule) = (refusal.code(), refusal.to_string());
        let error = |field: &str| FieldError {
            field: field.to_owned(),
            code,
            rule: rule.clone(),
        };
        Self {
            kind: refusal.kind(),
            code,
            errors: refusal.field().map(error).into_iter().collect(),
            details: Details::new(),
            rule,
        }
    }

    /// A refusal because of some fields; the first one gives it its code.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let first = errors.first();
        Self {
            kind: RefusalKind::Rule,
            code: first.map_or("invalid", |error| error.code),
            rule: first.map_or_else(|| "the request is invalid".to_owned(), ToString::to_string),
            errors,
            details: Details::new(),
        }
    }

    /// The same refusal, of a field with another path in the request than in the command.
    #[must_use]
    pub(crate) fn of_field(mut self, field: &str) -> Self {
        self.kind = RefusalKind::Rule;
        self.errors = vec![FieldError {
            field: field.to_owned(),
            code: self.code,
            rule: self.rule.clone(),
        }];
        self
    }

    /// The same refusal with one more detail.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.details.insert(name, value);
        }
        self
    }
}
