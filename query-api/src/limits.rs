//! How much one query may ask for. What is not bounded here is bounded by something that is.

use std::time::Duration;

/// The largest body. Generated documents of large front-ends have some tens of kilobytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// How deep fields may nest. The introspection of common clients takes 15.
pub const MAX_DEPTH: usize = 15;

/// How much a query may cost, by [`ROOT_COST`], [`LIST_COST`] and the size of its pages.
pub const MAX_COMPLEXITY: usize = 5_000;

/// What a field that asks a read model by itself costs, beside its children: so a hundred aliases of
/// one are the most.
pub const ROOT_COST: usize = 50;

/// How many entries a list without pages is taken to have. Most orders have fewer lines, and hardly any
/// product has more variants.
pub const LIST_COST: usize = 5;

/// How many rows a page has when nobody says how many.
pub const DEFAULT_FIRST: u32 = 20;

/// How long a query waits for the position that it asks for.
pub const MAX_WAIT: Duration = Duration::from_secs(5);

/// How long a request may take, from its first byte on and with its wait.
pub const TIME_LIMIT: Duration = Duration::from_secs(10);

/// How many requests are worked on at once; more are told to come again. With the largest body it
/// bounds the memory that requests can take.
pub const MAX_IN_FLIGHT: usize = 512;

/// The cost of a page: that of a row so many times.
///
/// A page that is too large is refused when it is read, with a better reason than its cost.
pub(crate) fn page_cost(first: Option<i32>, row_cost: usize) -> usize {
    let rows = first.map_or(Ok(DEFAULT_FIRST), u32::try_from).unwrap_or_default();
    let rows = usize::try_from(rows.min(projections::MAX_FIRST)).unwrap_or(usize::MAX);
    ROOT_COST.saturating_add(rows.saturating_mul(row_cost))
}
