//! What happened to a product, as stored for ever.

use serde::{Deserialize, Serialize};

use super::{CategoryPath, Description, ProductChange, ProductName, Tag};
use crate::{
    aggregate::{Claim, stored_names},
    value::{Money, Sku, Slug, Text, WebAddress},
};

/// An event of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProductEvent {
    /// The product is listed from here on.
    #[serde(rename = "ProductCreated")]
    Created {
        /// The name.
        name: ProductName,
        /// The readable part of its address.
        slug: Slug,
        /// What it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Description>,
        /// Where it sits in the tree.
        categories: Vec<CategoryPath>,
        /// Words by which it is found.
        tags: Vec<Tag>,
        /// Pictures.
        images: Vec<Image>,
        /// What can be bought.
        variants: Vec<Variant>,
        /// Tax contained in its prices, in basis points.
        tax_rate_bp: u16,
    },
    /// Some fields changed; a field that is absent stayed as it was.
    #[serde(rename = "ProductUpdated")]
    Updated(ProductChange),
    /// A variant has a new price in one currency.
    #[serde(rename = "PriceSet")]
    PriceSet {
        /// The variant.
        sku: Sku,
        /// The price of one unit, tax included.
        price: Money,
    },
}

/// A variant of a product: what a customer puts into the cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Its SKU, unique in the shop.
    pub sku: Sku,
    /// What sets it apart from the other variants, such as `XL, blue`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text<100>>,
}

/// A picture of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Where it is.
    pub url: WebAddress,
    /// What it shows, for those who do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<Text<300>>,
}

stored_names!(ProductEvent {
    Created => ("ProductCreated", "1"),
    Updated => ("ProductUpdated", "1"),
    PriceSet => ("PriceSet", "1"),
});

impl ProductEvent {
    /// The slug and every SKU belong to one product alone, whichever case a SKU is written in.
    pub fn claims(&self) -> Vec<Claim> {
        match self {
            Self::Created { slug, variants, .. } => {
                let skus = || variants.iter().map(|variant| &variant.sku);
                // The exact ones first: of two refusals the first is told.
                std::iter::once(Self::slug_claim(slug))
                    .chain(skus().map(Self::sku_claim))
                    .chain(skus().map(Self::any_case_claim))
                    .collect()
            }
            Self::Updated(_) | Self::PriceSet { .. } => Vec::new(),
        }
    }

    /// The claim that keeps two products from having one address.
    pub fn slug_claim(slug: &Slug) -> Claim {
        Claim::new("product.slug", slug.as_str())
    }

    /// The claim that keeps two SKUs from differing by case alone.
    pub fn any_case_claim(sku: &Sku) -> Claim {
        Claim::new("product.sku_in_any_case", sku.folded())
    }

    /// The claim by which the product of a SKU is found.
    pub fn sku_claim(sku: &Sku) -> Claim {
        Claim::new("product.sku", sku.as_str())
    }
}
