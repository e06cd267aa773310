//! The state of a product, and how events change it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CategoryPath, Description, Image, ProductEvent, ProductName, Tag, Variant};
use crate::{
    aggregate::aggregate,
    value::{Currency, Money, Sku, Slug},
};

/// A product, listed or not yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Product {
    /// Nobody has listed it.
    #[default]
    Unlisted,
    /// It can be shown.
    Listed(Box<ListedProduct>),
}

/// A product that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedProduct {
    /// The name.
    pub name: ProductName,
    /// The readable part of its address.
    pub slug: Slug,
    /// What it is.
    pub description: Option<Description>,
    /// Where it sits in the tree.
    pub categories: Vec<CategoryPath>,
    /// Words by which it is found.
    pub tags: Vec<Tag>,
    /// Pictures.
    pub images: Vec<Image>,
    /// What can be bought.
    pub variants: Vec<Variant>,
    /// Tax contained in its prices, in basis points.
    pub tax_rate_bp: u16,
    /// Whether it can be bought.
    pub active: bool,
    /// Today's prices of each variant in minor units.
    pub prices: BTreeMap<Sku, BTreeMap<Currency, i64>>,
}

aggregate!(
    Product,
    "product",
    super::ProductCommand,
    ProductEvent,
    super::ProductError
);

impl ListedProduct {
    /// Today's price of one unit.
    pub fn find_price(&self, sku: &Sku, currency: Currency) -> Option<Money> {
        let amount = *self.prices.get(sku)?.get(&currency)?;
        Some(Money { amount, currency })
    }

    /// The name of a variant as a customer reads it.
    pub fn title(&self, sku: &Sku) -> String {
        let variant = self.variants.iter().find(|variant| variant.sku == *sku);
        match variant.and_then(|variant| variant.name.as_ref()) {
            Some(name) => format!("{}, {name}", self.name),
            None => self.name.to_string(),
        }
    }
}

impl Product {
    /// Folds one event into the state.
    pub(crate) fn evolve(&mut self, event: ProductEvent) {
        match (self, event) {
            (
                product,
                ProductEvent::Created {
                    name,
                    slug,
                    description,
                    categories,
                    tags,
                    images,
                    variants,
                    tax_rate_bp,
                },
            ) => {
                *product = Self::Listed(Box::new(ListedProduct {
                    name,
                    slug,
                    description,
                    categories,
                    tags,
                    images,
                    variants,
                    tax_rate_bp,
                    active: true,
                    prices: BTreeMap::new(),
                }));
            }
            (Self::Listed(product), ProductEvent::Updated(change)) => {
                replace(&mut product.name, change.name);
                replace(&mut product.categories, change.categories);
                replace(&mut product.tags, change.tags);
                replace(&mut product.images, change.images);
                replace(&mut product.active, change.active);
                if change.description.is_some() {
                    product.description = change.description;
                }
            }
            (Self::Listed(product), ProductEvent::PriceSet { sku, price }) => {
                product
                    .prices
                    .entry(sku)
                    .or_default()
                    .insert(price.currency, price.amount);
            }
            (Self::Unlisted, _) => {}
        }
    }
}

fn replace<T>(field: &mut T, change: Option<T>) {
    if let Some(value) = change {
        *field = value;
    }
}
