//! `ProductFacets`.

use async_graphql::SimpleObject;
use projections::catalogue::{self, AttributeFacet, FacetCount, PriceBucket};

use super::{MinorUnits, Units};

/// How many products there are for each choice that a person could make next. A count is of what would be
/// found without the condition that is on the same facet already: whoever chose one colour still sees
/// how many there are of each other.
#[derive(SimpleObject)]
pub(crate) struct ProductFacets {
    /// Categories, by path, each after the one above it. A product counts for its categories and for all
    /// above them, once.
    categories: Vec<CategoryCount>,
    /// Attributes, those with the most products first, at most 20. A tag such as `colour:blue` is the
    /// attribute `colour`; tags without a colon are values of the attribute `tag`. Values that differ by case
    /// or blanks alone are one, written as in the oldest product.
    attributes: Vec<AttributeCounts>,
    /// Ranges of prices in `filter.currency`, the lowest first, at most 8; none without a currency.
    prices: Vec<PriceCount>,
    /// How many are in stock.
    in_stock: Units,
    /// How many are not.
    out_of_stock: Units,
}

/// A category, and how many products are in it and below it.
#[derive(SimpleObject)]
pub(crate) struct CategoryCount {
    /// The path, such as `audio/headphones`.
    path: String,
    /// The last step of the path.
    name: String,
    /// How many steps the path has.
    depth: i32,
    /// How many products.
    count: Units,
    /// Whether it is the one in the filter.
    selected: bool,
}

/// An attribute of products, and how many have each value of it.
#[derive(SimpleObject)]
pub(crate) struct AttributeCounts {
    /// The attribute.
    name: String,
    /// Its values, those with the most products first, at most 50.
    values: Vec<ValueCount>,
}

/// A value of an attribute, and how many products have it.
#[derive(SimpleObject)]
pub(crate) struct ValueCount {
    /// The value.
    value: String,
    /// How many products.
    count: Units,
    /// Whether it is in the filter.
    selected: bool,
}

/// A range of prices, and how many products cost so much. As a filter it finds exactly these.
#[derive(SimpleObject)]
pub(crate) struct PriceCount {
    /// The lowest price, included.
    min: MinorUnits,
    /// The highest price, included; null in a range without an end.
    max: Option<MinorUnits>,
    /// How many products.
    count: Units,
}

impl From<catalogue::Facets> for ProductFacets {
    fn from(facets: catalogue::Facets) -> Self {
        Self {
            categories: facets.categories.into_iter().map(CategoryCount::from).collect(),
            attributes: facets.attributes.into_iter().map(AttributeCounts::from).collect(),
            prices: facets.prices.into_iter().map(PriceCount::from).collect(),
            in_stock: units(facets.in_stock),
            out_of_stock: units(facets.out_of_stock),
        }
    }
}

impl From<FacetCount> for CategoryCount {
    fn from(facet: FacetCount) -> Self {
        let name = facet.value.rsplit('/').next().unwrap_or_default().to_owned();
        let depth = facet.value.split('/').count();
        Self {
            name,
            depth: i32::try_from(depth).unwrap_or(i32::MAX),
            path: facet.value.to_string(),
            count: units(facet.count),
            selected: facet.is_selected,
        }
    }
}

impl From<AttributeFacet> for AttributeCounts {
    fn from(facet: AttributeFacet) -> Self {
        let value = |value: FacetCount| ValueCount {
            value: value.value.to_string(),
            count: units(value.count),
            selected: value.is_selected,
        };
        Self {
            name: facet.name,
            values: facet.values.into_iter().map(value).collect(),
        }
    }
}

impl From<PriceBucket> for PriceCount {
    fn from(bucket: PriceBucket) -> Self {
        Self {
            min: MinorUnits(bucket.min.into()),
            max: bucket.max.map(|max| MinorUnits(max.into())),
            count: units(bucket.count),
        }
    }
}

fn units(count: u64) -> Units {
    Units(i64::try_from(count).unwrap_or(i64::MAX))
}
