//! The members that problems of some codes have beside those of all.

use utoipa::openapi::{
    Ref, RefOr, Schema,
    schema::{Array, Object, ObjectBuilder, Type},
};

/// What a member is.
#[derive(Clone, Copy)]
enum Kind {
    Amount,
    Count,
    Text,
    Texts,
}

/// Every member with what it says.
const MEMBERS: [(&str, Kind, &str); 14] = [
    (
        "actual_sequence",
        Kind::Count,
        "The sequence at which the aggregate is.",
    ),
    (
        "close_matches",
        Kind::Texts,
        "Existing values with a similar spelling.",
    ),
    (
        "existing_id",
        Kind::Text,
        "The aggregate that already has the value.",
    ),
    (
        "expected_sequence",
        Kind::Count,
        "The sequence given in `If-Match`.",
    ),
    ("free", Kind::Count, "How many units are not reserved."),
    ("missing", Kind::Count, "How many units of the order are missing."),
    ("most", Kind::Amount, "The largest possible refund."),
    ("on_hand", Kind::Count, "How many units are in the warehouse."),
    ("refundable", Kind::Amount, "What is left to be refunded."),
    ("reserved", Kind::Count, "How many of the units are reserved."),
    ("returnable", Kind::Count, "How many units can still be returned."),
    ("sku", Kind::Text, "The SKU that the problem concerns."),
    (
        "step",
        Kind::Amount,
        "The step that the amount must be a multiple of.",
    ),
    ("total", Kind::Amount, "The current total."),
];

/// Adds the members to the schema of a problem.
pub(super) fn add_to(problem: &mut Object) {
    for (name, kind, says) in MEMBERS {
        problem.properties.insert(name.to_owned(), schema(kind, says));
    }
}

fn schema(kind: Kind, says: &str) -> RefOr<Schema> {
    let of = |kind: Type| ObjectBuilder::new().schema_type(kind).description(Some(says));
    match kind {
        Kind::Amount => {
            let mut amount = Ref::from_schema_name("MoneyOrNone");
            says.clone_into(&mut amount.description);
            RefOr::Ref(amount)
        }
        Kind::Count => of(Type::Integer).minimum(Some(0)).into(),
        Kind::Text => of(Type::String).into(),
        Kind::Texts => {
            let mut texts = Array::new(Object::with_type(Type::String));
            texts.description = Some(says.to_owned());
            RefOr::T(Schema::Array(texts))
        }
    }
}
