//! The schema as the library executes it.

use async_graphql::{EmptyMutation, SDLExportOptions, Schema, ValidationMode};

use crate::{
    limits::{MAX_DEPTH, MAX_SPREADS},
    metering::Metered,
    query::Query,
    subscription::Subscriptions,
};

/// The schema of the shop.
pub(crate) type ShopSchema = Schema<Query, EmptyMutation, Subscriptions>;

/// The schema. It is asked through [`QueryState::execute`](crate::QueryState::execute), which validates documents
/// itself: the library is left with counting what they cost.
pub(crate) fn schema() -> ShopSchema {
    Schema::build(Query::default(), EmptyMutation, Subscriptions)
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(MAX_DEPTH + MAX_SPREADS)
        .extension(Metered)
        .finish()
}

/// The schema in the definition language: the contract with whoever asks.
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_enum_items()
        .sorted_arguments();
    schema().sdl_with_options(options)
}
