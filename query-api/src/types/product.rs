//! `Product`.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use projections::products;

use super::{Image, Position, Sequence, Variant};
use crate::{error::Result, freshness::Source, limits::LIST_COST, reading::Reading};

/// A product.
pub(crate) struct Product(pub(crate) products::Product);

/// What the shop shows, in one or more variants that can be bought.
#[Object]
impl Product {
    /// The product's id.
    pub(crate) async fn id(&self) -> ID {
        ID::from(self.0.id)
    }

    /// The readable part of its address, unique in the shop.
    async fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is, in some paragraphs.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Where it sits in the tree of categories, as paths such as `audio/headphones`.
    async fn categories(&self) -> &[String] {
        &self.0.categories
    }

    /// Words by which it is found.
    async fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// Pictures.
    async fn images(&self) -> Vec<Image> {
        self.0.images.iter().map(Image::from).collect()
    }

    /// What can be bought, in the order in which it was listed.
    #[graphql(complexity = "LIST_COST * child_complexity")]
    async fn variants(&self, ctx: &Context<'_>) -> Result<Vec<Variant>> {
        let reading = Reading::below(ctx, Source::Products).await?;
        let variants = reading.loaders.variants.load_one(self.0.id).await?;
        Ok(variants.unwrap_or_default().into_iter().map(Variant).collect())
    }

    /// The tax that is contained in its prices, in basis points: 1900 is 19 %.
    async fn tax_rate_bp(&self) -> i32 {
        self.0.tax_rate_bp
    }

    /// Whether it can be bought.
    async fn active(&self) -> bool {
        self.0.active
    }

    /// When it was listed.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it or one of its prices changed last.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// How many events it has, for `If-Match`.
    async fn sequence(&self) -> Sequence {
        Sequence(self.0.sequence)
    }

    /// The last event that changed it.
    async fn position(&self) -> Position {
        Position(self.0.position)
    }
}

impl From<products::Product> for Product {
    fn from(product: products::Product) -> Self {
        Self(product)
    }
}
