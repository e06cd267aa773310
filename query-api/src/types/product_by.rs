//! `ProductBy`.

use async_graphql::{ID, OneofObject};

/// What names one product. Exactly one of its fields must be given.
#[derive(OneofObject)]
pub(crate) enum ProductBy {
    /// The product's id.
    Id(ID),
    /// The readable part of its address.
    Slug(String),
    /// The SKU of one of its variants.
    Sku(String),
}
