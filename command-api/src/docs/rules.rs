//! What the description says beyond the types: lengths, bounds, closed objects and problem codes.
//!
//! The bounds are those of the domain, so the description promises what is taken and no more. A test fails
//! for a field that has none.

use domain::{
    order::MAX_LINES,
    product::{MAX_CATEGORIES, MAX_TAGS, MAX_TAX_RATE_BP, MAX_VARIANTS},
    subscription::Period,
    value::{Money, Quantity, Sku},
};
use serde_json::Value;
use utoipa::{
    Number,
    openapi::{
        Components, OpenApi, RefOr, Schema, Server,
        path::{Operation, ParameterIn},
        schema::{AdditionalProperties, Array, ArrayItems, Object, SchemaType, Type},
    },
};

use super::{examples, members};
use crate::problem;

/// A text of at least one character that is not blank.
const NOT_BLANK: &str = r"\S";
/// Small letters, digits and inner dashes.
const CODE: &str = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$";
const SKU: &str = "^[A-Za-z0-9._-]+$";
const CURRENCY: &str = "^[A-Z]{3}$";
const COUNTRY: &str = "^[A-Z]{2}$";

/// What comes out is as open as it is: another version may say more.
const ANSWERS: [&str; 8] = [
    "Answer",
    "FieldError",
    "ImportReport",
    "ImportedRow",
    "PaymentWebhook",
    "PaymentWebhookTaken",
    "Problem",
    "ReturnRequested",
];

/// Completes the description.
pub(super) fn complete(description: &mut OpenApi) {
    description.servers = Some(vec![Server::new("/")]);
    let Some(Components { schemas, .. }) = &mut description.components else {
        return;
    };
    for (name, schema) in schemas.iter_mut() {
        if let RefOr::T(schema) = schema {
            if !ANSWERS.contains(&name.as_str()) {
                bound(name, "", schema);
            }
            if let (Schema::Object(object), Some(example)) = (&mut *schema, examples::of_body(name)) {
                object.example = Some(example);
            }
        }
    }
    if let Some(RefOr::T(Schema::Object(problem))) = schemas.get_mut("Problem") {
        members::add_to(problem);
    }
    for (name, property) in [("Problem", "code"), ("FieldError", "code")] {
        if let Some(RefOr::T(Schema::Object(object))) = schemas.get_mut(name)
            && let Some(RefOr::T(Schema::Object(code))) = object.properties.get_mut(property)
        {
            code.examples = problem::CODES
                .iter()
                .map(|(code, _)| Value::from(*code))
                .collect();
            code.description = Some(codes());
        }
    }
    for item in description.paths.paths.values_mut() {
        let operations = [&mut item.post, &mut item.put, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            bound_path(operation);
        }
    }
    examples::in_paths(&mut description.paths);
}

/// Gives the parts of a path their bounds, as fields of a body have them.
fn bound_path(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        if parameter.parameter_in == ParameterIn::Path
            && let Some(RefOr::T(schema)) = &mut parameter.schema
        {
            bound("", &parameter.name, schema);
        }
    }
}

/// Every code with its title, as a list that people can read.
fn codes() -> String {
    let line = |(code, title): &(&str, &str)| format!("- `{code}`: {title}\n");
    let lines: String = problem::CODES.iter().map(line).collect();
    format!(
        "What programs may rely on: a code means one thing for ever. Later versions may add codes.\n\n{lines}"
    )
}

/// Gives a schema, and everything within it, its bounds. `field` is the name of the property that has it.
fn bound(owner: &str, field: &str, schema: &mut Schema) {
    match schema {
        Schema::Object(object) => bound_object(owner, field, object),
        Schema::Array(array) => bound_array(owner, field, array),
        Schema::OneOf(one_of) => {
            for item in &mut one_of.items {
                if let RefOr::T(schema) = item {
                    bound(owner, field, schema);
                }
            }
        }
        _ => {}
    }
}

fn bound_object(owner: &str, field: &str, object: &mut Object) {
    let is = |wanted: Type| match &object.schema_type {
        SchemaType::Type(found) => *found == wanted,
        SchemaType::Array(found) => found.contains(&wanted),
        SchemaType::AnyValue => false,
    };
    if is(Type::String) && object.format.is_none() && object.enum_values.is_none() {
        let (min, max, pattern) = text(owner, field);
        object.min_length = object.min_length.or(Some(min));
        object.max_length = object.max_length.or(Some(max));
        object.pattern.get_or_insert_with(|| pattern.to_owned());
    } else if is(Type::Integer) {
        let (min, max) = number(owner, field);
        object.minimum = object.minimum.take().or(Some(Number::Int(min)));
        object.maximum = object.maximum.take().or(Some(Number::Int(max)));
    } else if !object.properties.is_empty() {
        object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
    for (name, property) in &mut object.properties {
        if let RefOr::T(schema) = property {
            bound(owner, name, schema);
        }
    }
}

fn bound_array(owner: &str, field: &str, array: &mut Array) {
    let (min, max) = match field {
        "variants" => (1, MAX_VARIANTS),
        "categories" => (0, MAX_CATEGORIES),
        "tags" | "images" => (0, MAX_TAGS),
        _ => (1, MAX_LINES),
    };
    array.min_items = array.min_items.or(Some(min));
    array.max_items = array.max_items.or(Some(max));
    if let ArrayItems::RefOrSchema(item) = &mut array.items
        && let RefOr::T(schema) = &mut **item
    {
        bound(owner, field, schema);
    }
}

/// The shortest, the longest, and what it looks like.
fn text(owner: &str, field: &str) -> (usize, usize, &'static str) {
    match (owner, field) {
        (_, "sku") => (1, Sku::MAX_LEN, SKU),
        (_, "slug") => (1, 200, CODE),
        (_, "warehouse" | "from" | "to" | "code") => (1, 40, CODE),
        (_, "currency") => (3, 3, CURRENCY),
        (_, "country") => (2, 2, COUNTRY),
        ("Address", "name") | (_, "categories") => (1, 200, NOT_BLANK),
        ("Address", "street") | ("NewProduct" | "ImportedProduct" | "ProductChange", "name") | (_, "alt") => {
            (1, 300, NOT_BLANK)
        }
        (_, "postal_code") => (1, 20, NOT_BLANK),
        (_, "reason") => (1, 500, NOT_BLANK),
        (_, "lot" | "tags") => (1, 50, NOT_BLANK),
        (_, "url") => (1, 2_000, NOT_BLANK),
        (_, "description") => (1, 20_000, NOT_BLANK),
        (_, "token") => (1, 200, NOT_BLANK),
        // References, numbers of parcels, cities, carriers, names of variants.
        _ => (1, 100, NOT_BLANK),
    }
}

/// The least and the most.
fn number(owner: &str, field: &str) -> (isize, isize) {
    let most = |value: i64| isize::try_from(value).unwrap_or(isize::MAX);
    match (owner, field) {
        (_, "days" | "months") => (1, most(i64::from(Period::MAX))),
        (_, "tax_rate_bp") => (0, most(i64::from(MAX_TAX_RATE_BP))),
        ("Money", "amount") => (1, most(Money::MAX_AMOUNT)),
        _ => (1, most(i64::from(Quantity::MAX))),
    }
}
