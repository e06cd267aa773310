//! What the index knows of a product: the stored source of its document.

use std::collections::BTreeMap;

use domain::{
    product::{ProductChange, ProductEvent},
    value::ProductId,
};
use serde::{Deserialize, Serialize};

use crate::recorded::Recorded;

/// Stands for the price of what cannot be had; no price is below zero.
pub(super) const SOLD_OUT: i64 = -1;

/// The stored source of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Card {
    /// A product.
    Product(Box<ProductCard>),
    /// The units of a SKU that no product has yet. It is never found by a search.
    Units(UnitsCard),
}

/// A product, with all that a search needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ProductCard {
    pub(super) id: ProductId,
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) description: Option<String>,
    pub(super) categories: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) active: bool,
    pub(super) created_position: i64,
    /// How many lines of orders there were for it.
    #[serde(default)]
    pub(super) orders: u64,
    pub(super) variants: BTreeMap<String, VariantCard>,
}

/// A variant: its prices in minor units by currency, and its free units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct VariantCard {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) prices: BTreeMap<String, i64>,
    #[serde(default)]
    pub(super) units: i64,
}

/// Free units of a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UnitsCard {
    pub(super) sku: String,
    pub(super) units: i64,
}

impl Card {
    /// The key of the document.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Product(product) => product.id.to_string(),
            Self::Units(units) => units_key(&units.sku),
        }
    }

    /// The SKUs by which the document is found.
    pub(super) fn skus(&self) -> Vec<&str> {
        match self {
            Self::Product(product) => product.variants.keys().map(String::as_str).collect(),
            Self::Units(units) => vec![&units.sku],
        }
    }

    /// Changes the free units of one of its SKUs.
    pub(super) fn move_units(&mut self, sku: &str, difference: i64) {
        let units = match self {
            Self::Product(product) => &mut product.variants.entry(sku.to_owned()).or_default().units,
            Self::Units(card) => &mut card.units,
        };
        *units = units.saturating_add(difference);
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Product(product) => {
                let text = product.description.as_ref().map_or(0, String::len);
                512 + product.name.len() + text + 128 * product.variants.len()
            }
            Self::Units(_) => 128,
        }
    }
}

/// The key of the document for the units of a SKU; a product's key is a UUID and never looks like it.
pub(super) fn units_key(sku: &str) -> String {
    format!("units:{sku}")
}

impl ProductCard {
    /// A new product. Nothing for any other event.
    pub(super) fn created(id: ProductId, event: &ProductEvent, recorded: &Recorded) -> Option<Self> {
        let ProductEvent::Created {
            name,
            slug,
            description,
            categories,
            tags,
            variants,
            ..
        } = event
        else {
            return None;
        };
        let variants = variants.iter().map(|variant| {
            let name = variant.name.as_ref().map(ToString::to_string);
            (
                variant.sku.to_string(),
                VariantCard {
                    name,
                    ..VariantCard::default()
                },
            )
        });
        Some(Self {
            id,
            name: name.to_string(),
            slug: slug.to_string(),
            description: description.as_ref().map(ToString::to_string),
            categories: categories.iter().map(ToString::to_string).collect(),
            tags: tags.iter().map(ToString::to_string).collect(),
            active: true,
            created_position: recorded.envelope.position,
            orders: 0,
            variants: variants.collect(),
        })
    }

    pub(super) fn update(&mut self, change: &ProductChange) {
        if let Some(name) = &change.name {
            self.name = name.to_string();
        }
        if let Some(description) = &change.description {
            self.description = Some(description.to_string());
        }
        if let Some(categories) = &change.categories {
            self.categories = categories.iter().map(ToString::to_string).collect();
        }
        if let Some(tags) = &change.tags {
            self.tags = tags.iter().map(ToString::to_string).collect();
        }
        self.active = change.active.unwrap_or(self.active);
    }

    pub(super) fn set_price(&mut self, sku: &str, currency: &str, amount: i64) {
        self.variants
            .entry(sku.to_owned())
            .or_default()
            .prices
            .insert(currency.to_owned(), amount);
    }

    /// The price "from" in each currency: that of the cheapest variant.
    pub(super) fn lowest_prices(&self) -> BTreeMap<String, i64> {
        let mut lowest = BTreeMap::new();
        for (currency, amount) in self.variants.values().flat_map(|variant| &variant.prices) {
            let price = lowest.entry(currency.clone()).or_insert(*amount);
            *price = (*price).min(*amount);
        }
        lowest
    }

    /// The lowest price of the variants that are in stock, for each currency in which it is not the lowest of
    /// all. [`SOLD_OUT`] stands for none: all that have a price in the currency are sold out.
    pub(super) fn other_prices_in_stock(&self) -> BTreeMap<String, i64> {
        let is_in_stock = |variant: &&VariantCard| variant.units > 0;
        if self.variants.values().all(|variant| is_in_stock(&variant)) {
            return BTreeMap::new();
        }
        let mut others = BTreeMap::new();
        for (currency, lowest) in self.lowest_prices() {
            let in_stock = self.variants.values().filter(is_in_stock);
            let prices = in_stock.filter_map(|variant| variant.prices.get(&currency));
            let price = prices.min().copied().unwrap_or(SOLD_OUT);
            if price != lowest {
                others.insert(currency, price);
            }
        }
        others
    }

    /// Free units of all variants.
    pub(super) fn available(&self) -> u64 {
        let units = self
            .variants
            .values()
            .map(|variant| u64::try_from(variant.units).unwrap_or_default());
        units.fold(0, u64::saturating_add)
    }
}
