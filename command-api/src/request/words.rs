//! Bodies of commands that say little: nothing at all, or why.

use domain::value::Reason;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Check, Valid};

/// A command that says everything by its address.
pub(crate) struct Nothing;

/// There is nothing to say beyond the address: the body may be empty.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Nothing)]
pub(crate) struct NothingBody {}

impl Valid for Nothing {
    type Raw = NothingBody;
    fn check(NothingBody {}: NothingBody, _check: &mut Check) -> Option<Self> {
        Some(Self)
    }
    fn absent() -> Option<NothingBody> {
        Some(NothingBody {})
    }
}

/// What customers say about something that they need not explain.
pub(crate) struct Note(pub(crate) Option<Reason>);

/// What a customer says about it. An empty body says nothing.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Note)]
pub(crate) struct NoteBody {
    /// In their own words.
    #[schema(example = "found it cheaper")]
    reason: Option<String>,
}

impl Valid for Note {
    type Raw = NoteBody;
    fn check(raw: NoteBody, check: &mut Check) -> Option<Self> {
        check.field("reason", raw.reason).map(Self)
    }
    fn absent() -> Option<NoteBody> {
        Some(NoteBody::default())
    }
}

/// Why staff refuses something: the customer is told, so it must be said.
pub(crate) struct Grounds(pub(crate) Reason);

/// Why something is refused. The customer reads it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Grounds)]
pub(crate) struct GroundsBody {
    /// In the words of the staff.
    #[schema(example = "the goods were damaged")]
    reason: String,
}

impl Valid for Grounds {
    type Raw = GroundsBody;
    fn check(raw: GroundsBody, check: &mut Check) -> Option<Self> {
        check.field("reason", raw.reason).map(Self)
    }
}
