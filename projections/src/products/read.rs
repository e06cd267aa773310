//! Reading products.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    product::Image,
    value::{Money, ProductId, Sku, Slug},
};
use event_store::Position;
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::Products;
use crate::{
    reading::{ReadModelError, Tables, bounded, id, json, money, text},
    table::{Schema, TableProjection},
};

/// A product without its variants, which are loaded apart and in batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Identifies it.
    pub id: ProductId,
    /// The readable part of its address.
    pub slug: Slug,
    /// The name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Where it sits in the tree, as paths such as `audio/headphones`.
    pub categories: Vec<String>,
    /// Words by which it is found.
    pub tags: Vec<String>,
    /// Pictures.
    pub images: Vec<Image>,
    /// Tax contained in its prices, in basis points.
    pub tax_rate_bp: i32,
    /// Whether it can be bought.
    pub active: bool,
    /// When it was listed.
    pub created_at: DateTime<Utc>,
    /// When it or one of its prices changed last.
    pub updated_at: DateTime<Utc>,
    /// The last event that changed it.
    pub position: Position,
    /// How many events the product has, for `If-Match`.
    pub sequence: i64,
}

/// What can be bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductVariant {
    /// Its SKU.
    pub sku: Sku,
    /// The product that it is a variant of.
    pub product_id: ProductId,
    /// What sets it apart from the others.
    pub name: Option<String>,
    /// Its prices, one for each currency.
    pub prices: Vec<Price>,
}

/// Today's price of one unit, tax included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// How much.
    pub price: Money,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Reads products.
#[derive(Clone)]
pub struct ProductsReader {
    tables: Tables,
}

const PRODUCT: &str = "SELECT p.product_id, p.slug, p.name, p.description, p.categories, p.tags, p.images, \
                       p.tax_rate_bp, p.active, p.created_at, p.updated_at, p.position, \
                       p.sequence FROM {schema}.products AS p";

impl ProductsReader {
    pub(crate) fn new(tables: Tables) -> Self {
        Self { tables }
    }

    /// A product by its identifier.
    ///
    /// # Errors
    ///
    /// When the read model is not built or the database cannot be reached.
    pub async fn product(&self, id: ProductId) -> Result<Option<Product>, ReadModelError> {
        Ok(self.products_by_id(&[id]).await?.remove(&id))
    }

    /// A product by its slug.
    ///
    /// # Errors
    ///
    /// As for [`Self::product`].
    pub async fn product_by_slug(&self, slug: &str) -> Result<Option<Product>, ReadModelError> {
        let statement = self.schema().await?.sql(&format!("{PRODUCT} WHERE p.slug = $1"));
        let row = sqlx::query(&statement)
            .bind(slug)
            .fetch_optional(self.tables.pool())
            .await?;
        Ok(row.as_ref().map(product).transpose()?)
    }

    /// The product that a SKU is a variant of.
    ///
    /// # Errors
    ///
    /// As for [`Self::product`].
    pub async fn product_by_sku(&self, sku: &Sku) -> Result<Option<Product>, ReadModelError> {
        let of_sku = format!("{PRODUCT} JOIN {{schema}}.variants AS v USING (product_id) WHERE v.sku = $1");
        let statement = self.schema().await?.sql(&of_sku);
        let row = sqlx::query(&statement)
            .bind(sku.as_str())
            .fetch_optional(self.tables.pool())
            .await?;
        Ok(row.as_ref().map(product).transpose()?)
    }

    /// Products by their identifiers; those that do not exist are absent.
    ///
    /// # Errors
    ///
    /// As for [`Self::product`], and when too many are asked for.
    pub async fn products_by_id(
        &self,
        ids: &[ProductId],
    ) -> Result<HashMap<ProductId, Product>, ReadModelError> {
        let statement = self
            .schema()
            .await?
            .sql(&format!("{PRODUCT} WHERE p.product_id = ANY ($1)"));
        let rows = sqlx::query(&statement)
            .bind(uuids(ids)?)
            .fetch_all(self.tables.pool())
            .await?;
        let products = rows
            .iter()
            .map(product)
            .map(|product| product.map(|product| (product.id, product)));
        Ok(products.collect::<Result<_, _>>()?)
    }

    /// The variants of some products with their prices, in the order in which they were listed.
    ///
    /// # Errors
    ///
    /// As for [`Self::product`], and when too many are asked for.
    pub async fn variants_of(
        &self,
        ids: &[ProductId],
    ) -> Result<HashMap<ProductId, Vec<ProductVariant>>, ReadModelError> {
        let statement = self.schema().await?.sql(include_str!("variants_of.sql"));
        let rows = sqlx::query(&statement)
            .bind(uuids(ids)?)
            .fetch_all(self.tables.pool())
            .await?;
        let mut variants: HashMap<ProductId, Vec<ProductVariant>> = HashMap::new();
        for row in &rows {
            add(
                variants
                    .entry(id(row, "product_id", ProductId::new)?)
                    .or_default(),
                row,
            )?;
        }
        Ok(variants)
    }

    async fn schema(&self) -> Result<Schema, ReadModelError> {
        self.tables.schema(Products::NAME).await
    }
}

fn uuids(ids: &[ProductId]) -> Result<Vec<Uuid>, ReadModelError> {
    Ok(bounded(ids)?.iter().map(ProductId::uuid).collect())
}

/// Adds the price of a row to its variant, which is the last one or a new one.
fn add(variants: &mut Vec<ProductVariant>, row: &PgRow) -> Result<(), sqlx::Error> {
    let sku: Sku = text(row, "sku")?;
    let price = match row.try_get::<Option<i64>, _>("amount")? {
        Some(_) => Some(Price {
            price: money(row, "amount", "currency")?,
            since: row.try_get("since")?,
        }),
        None => None,
    };
    match variants.last_mut() {
        Some(last) if last.sku == sku => last.prices.extend(price),
        _ => variants.push(ProductVariant {
            sku,
            product_id: id(row, "product_id", ProductId::new)?,
            name: row.try_get("name")?,
            prices: price.into_iter().collect(),
        }),
    }
    Ok(())
}

fn product(row: &PgRow) -> Result<Product, sqlx::Error> {
    Ok(Product {
        id: id(row, "product_id", ProductId::new)?,
        slug: text(row, "slug")?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        categories: json(row, "categories")?,
        tags: json(row, "tags")?,
        images: json(row, "images")?,
        tax_rate_bp: row.try_get("tax_rate_bp")?,
        active: row.try_get("active")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        position: row.try_get("position")?,
        sequence: row.try_get("sequence")?,
    })
}
