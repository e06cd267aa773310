//! What questions about the schema cost.
//!
//! The library counts one for each field of them, as if each were answered once. But every list of the
//! schema multiplies what is below it, so a few kilobytes of aliases can ask for megabytes.

use super::types::Types;

/// How many entries of the answer cost as much as one field of the shop. The introspection that common clients
/// send, of everything there is, takes about two fifths of what a query may cost.
const ENTRIES_PER_COST: usize = 80;

/// What a description weighs, which is longer than a name.
const DESCRIPTION: usize = 4;

/// How many entries the lists have that are not the list of all types: rounded up from the schema's mean.
const FIELDS: usize = 10;
const ARGUMENTS: usize = 3;
const VALUES: usize = 6;
const DIRECTIVES: usize = 6;
const SEVERAL: usize = 4;

/// How many entries a field of the introspection answers with, when each of them has `below` entries below it.
/// Fields of the shop weigh what is below them.
pub(super) fn weight(types: &Types, object: &str, field: &str, below: usize) -> usize {
    let entries = match (object, field) {
        (_, "__schema" | "__type") => 1,
        ("__Schema", "types") => types.count(),
        ("__Schema", "directives") => DIRECTIVES,
        ("__Type", "fields") => FIELDS,
        ("__Type", "enumValues") => VALUES,
        ("__Type", "inputFields" | "interfaces" | "possibleTypes") | ("__Directive", "locations") => SEVERAL,
        ("__Field" | "__Directive", "args") => ARGUMENTS,
        (object, "description") if object.starts_with("__") => DESCRIPTION,
        (object, _) if object.starts_with("__") => 1,
        _ => return below,
    };
    entries.saturating_mul(below.saturating_add(1))
}

/// The cost of so many entries.
pub(super) const fn cost(weight: usize) -> usize {
    weight / ENTRIES_PER_COST
}
