//! What may be asked of a product.

use serde::{Deserialize, Serialize};

use super::{CategoryPath, Description, Image, ProductName, Tag, Variant};
use crate::value::{Money, Sku, Slug};

/// A command to one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProductCommand {
    /// Lists a new product.
    Create(ProductDraft),
    /// Lists a new product together with its first prices, or does neither.
    CreatePriced {
        /// The product.
        draft: ProductDraft,
        /// The price of every variant, at most one for each currency.
        prices: Vec<Money>,
    },
    /// Changes what is named and leaves the rest.
    Update(ProductChange),
    /// Sets today's price in one currency.
    SetPrice {
        /// The variant, or all of them.
        sku: Option<Sku>,
        /// The price of one unit, tax included.
        price: Money,
    },
}

/// Everything there is to say of a new product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductDraft {
    /// The name.
    pub name: ProductName,
    /// The readable part of its address, unique in the shop.
    pub slug: Slug,
    /// What it is.
    pub description: Option<Description>,
    /// Where it sits in the tree.
    pub categories: Vec<CategoryPath>,
    /// Words by which it is found.
    pub tags: Vec<Tag>,
    /// Pictures.
    pub images: Vec<Image>,
    /// What can be bought, at least one.
    pub variants: Vec<Variant>,
    /// Tax contained in its prices, in basis points (1900 is 19 %).
    pub tax_rate_bp: u16,
}

/// A change of some fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductChange {
    /// A new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ProductName>,
    /// A new description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// All categories anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<CategoryPath>>,
    /// All tags anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
    /// All images anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<Image>>,
    /// Whether it can be bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}
