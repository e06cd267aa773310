//! `Suggestion`.

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use projections::{catalogue, value::ProductId};

use super::Product;
use crate::{error::Result, freshness::Source, reading::Reading};

/// What is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum SuggestionKind {
    /// Words that many products have: search for them.
    Words,
    /// One product: show it.
    Product,
    /// A category: filter by it.
    Category,
    /// A SKU: show its product.
    Sku,
}

/// Something that a person may be about to type.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Suggestion {
    /// What is suggested.
    kind: SuggestionKind,
    /// The text to show, and to search for where it is words; the path where it is a category.
    text: String,
    #[graphql(skip)]
    product_id: Option<ProductId>,
}

#[ComplexObject]
impl Suggestion {
    /// The product; null where words or categories are suggested.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let Some(id) = self.product_id else {
            return Ok(None);
        };
        let reading = Reading::below(ctx, Source::Products).await?;
        Ok(reading.loaders.products.load_one(id).await?.map(Product))
    }
}

impl From<catalogue::Suggestion> for Suggestion {
    fn from(suggestion: catalogue::Suggestion) -> Self {
        let (kind, text, product_id) = match suggestion {
            catalogue::Suggestion::Words { text } => (SuggestionKind::Words, text, None),
            catalogue::Suggestion::Product { product_id, name } => {
                (SuggestionKind::Product, name, Some(product_id))
            }
            catalogue::Suggestion::Category { path } => (SuggestionKind::Category, path, None),
            catalogue::Suggestion::Sku { sku, product_id } => (SuggestionKind::Sku, sku, Some(product_id)),
        };
        Self {
            kind,
            text,
            product_id,
        }
    }
}
