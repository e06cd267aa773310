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
        "What exists and is written nearly so.",
    ),
    ("existing_id", Kind::Text, "What has the value already."),
    (
        "expected_sequence",
        Kind::Count,
        "The sequence that `If-Match` asked for.",
    ),
    ("free", Kind::Count, "How many units belong to nobody yet."),
    ("missing", Kind::Count, "How many units of the order are missing."),
    ("most", Kind::Amount, "The most that can go back."),
    ("on_hand", Kind::Count, "How many units are there."),
    ("refundable", Kind::Amount, "What is left to be refunded."),
    ("reserved", Kind::Count, "How many of the units belong to orders."),
    ("returnable", Kind::Count, "How many units can come back."),
    ("sku", Kind::Text, "The SKU that it is about."),
    ("step", Kind::Amount, "What amounts must be multiples of."),
    ("total", Kind::Amount, "The total as it is now."),
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
