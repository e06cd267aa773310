//! Every refusal of a product.

use super::{MAX_CATEGORIES, MAX_FIRST_PRICES, MAX_TAGS, MAX_TAX_RATE_BP, MAX_VARIANTS};
use crate::{
    refusal::{Refusal, RefusalKind},
    value::{Currency, Sku},
};

/// Why a product did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum ProductError {
    #[error("there is no such product")]
    Unknown,
    #[error("the product exists already")]
    AlreadyListed,
    #[error("a product has 1 to {MAX_VARIANTS} variants")]
    VariantCount,
    #[error("the SKU {0} appears twice")]
    SkuTwice(Sku),
    #[error("the SKU {0} cannot be part of an address: clients remove it from paths")]
    SkuNotAddressable(Sku),
    #[error("a product sits in at most {MAX_CATEGORIES} categories")]
    TooManyCategories,
    #[error("a product has at most {MAX_TAGS} tags")]
    TooManyTags,
    #[error("a product has at most {MAX_TAGS} images")]
    TooManyImages,
    #[error("the rate of tax is at most {MAX_TAX_RATE_BP} basis points")]
    TaxRate,
    #[error("the product has no variant {0}")]
    NoSuchVariant(Sku),
    #[error("a price must be above zero")]
    PriceNotPositive,
    #[error("there is more than one price in {0}")]
    CurrencyTwice(Currency),
    #[error("a product is listed with prices in at most {MAX_FIRST_PRICES} currencies")]
    TooManyPrices,
    #[error("the change names no field")]
    NothingToChange,
}

impl Refusal for ProductError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_product",
            Self::AlreadyListed => "product_already_listed",
            Self::VariantCount => "variant_count",
            Self::SkuTwice(_) => "sku_twice",
            Self::SkuNotAddressable(_) => "sku_not_addressable",
            Self::TooManyCategories => "too_many_categories",
            Self::TooManyTags => "too_many_tags",
            Self::TooManyImages => "too_many_images",
            Self::TaxRate => "tax_rate",
            Self::NoSuchVariant(_) => "no_such_variant",
            Self::PriceNotPositive => "price_not_positive",
            Self::CurrencyTwice(_) => "currency_twice",
            Self::TooManyPrices => "too_many_prices",
            Self::NothingToChange => "nothing_to_change",
        }
    }

    fn kind(&self) -> RefusalKind {
        if matches!(self, Self::Unknown) {
            RefusalKind::Unknown
        } else if matches!(self, Self::AlreadyListed) {
            RefusalKind::AlreadyExists
        } else {
            RefusalKind::Rule
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::VariantCount | Self::SkuTwice(_) | Self::SkuNotAddressable(_) => Some("variants"),
            Self::TooManyCategories => Some("categories"),
            Self::TooManyTags => Some("tags"),
            Self::TooManyImages => Some("images"),
            Self::TaxRate => Some("tax_rate_bp"),
            Self::NoSuchVariant(_) => Some("sku"),
            Self::PriceNotPositive => Some("price"),
            Self::CurrencyTwice(_) | Self::TooManyPrices => Some("prices"),
            Self::Unknown | Self::AlreadyListed | Self::NothingToChange => None,
        }
    }
}
