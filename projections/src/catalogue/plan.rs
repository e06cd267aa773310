//! A request, made ready for looking at many products.

use domain::value::Currency;
use tantivy::{DocId, columnar::Column};

use super::{
    cursor::{Mark, Place},
    dictionary::{CATEGORIES, Dictionary, GroupId, ValueId},
    facet_key,
    request::{CatalogueFilter, SearchRequest, Sort},
    rows::{Row, Rows},
};

/// A request, made ready.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) conditions: Vec<Condition>,
    pub(super) sort: Sort,
    /// Whether products have scores.
    pub(super) scored: bool,
    pub(super) after: Option<Mark>,
    /// How many products are wanted: one more than the page has, to learn whether there are more.
    pub(super) limit: usize,
    pub(super) facets: bool,
    /// The currency of all prices that are looked at.
    pub(super) currency: Option<Currency>,
}

/// A condition of the filter. Each is about one facet, whose counts it does not narrow.
#[derive(Debug)]
pub(super) enum Condition {
    /// One of these values of a group; none of them if nobody ever had one.
    AnyOf { group: GroupId, values: Vec<ValueId> },
    /// The lowest price is within these.
    Price { min: i64, max: i64 },
    /// Whether there are units.
    InStock(bool),
}

impl Plan {
    pub(super) fn new(
        request: &SearchRequest,
        after: Option<Mark>,
        limit: usize,
        scored: bool,
        dictionary: &Dictionary,
    ) -> Self {
        let filter = &request.filter;
        // An order by price, a condition on it and its facet are about the same currency.
        let currency = request
            .sort
            .currency()
            .or(filter.price.map(|price| price.currency))
            .or(request.facet_currency);
        Self {
            conditions: conditions(filter, dictionary),
            sort: request.sort,
            scored,
            after,
            limit,
            facets: request.facets,
            currency,
        }
    }

    /// The place of a product in the list: higher keys come first. One without a price in the currency
    /// comes last, whichever the order.
    pub(super) fn place(&self, row: &Row, price: Option<i64>, score: f32) -> Place {
        let positive = |price: i64| u64::try_from(price).unwrap_or_default();
        let key = match self.sort {
            Sort::Newest => 0,
            Sort::Popularity => u64::from(row.orders),
            Sort::Relevance if self.scored => key_of_score(score),
            Sort::Relevance => 0,
            Sort::PriceAscending(_) => price.map_or(0, |price| u64::MAX - positive(price)),
            Sort::PriceDescending(_) => price.map_or(0, |price| positive(price).saturating_add(1)),
        };
        Place {
            key,
            created: row.created,
        }
    }
}

impl Condition {
    pub(super) fn admits(&self, rows: &Rows, document: DocId, row: &Row, price: Option<i64>) -> bool {
        match self {
            Self::AnyOf { values, .. } => rows.values(document).iter().any(|value| values.contains(value)),
            Self::Price { min, max } => price.is_some_and(|price| (*min..=*max).contains(&price)),
            Self::InStock(wanted) => row.in_stock == *wanted,
        }
    }
}

fn conditions(filter: &CatalogueFilter, dictionary: &Dictionary) -> Vec<Condition> {
    let mut conditions = Vec::new();
    if let Some(path) = &filter.category {
        // A path without any step is the root, below which everything is.
        conditions.extend(facet_key::category(path).map(|key| Condition::AnyOf {
            group: CATEGORIES,
            values: dictionary.find(&key).into_iter().collect(),
        }));
    }
    if let Some(price) = &filter.price {
        conditions.push(Condition::Price {
            min: price.min.unwrap_or(i64::MIN),
            max: price.max.unwrap_or(i64::MAX),
        });
    }
    conditions.extend(filter.in_stock.map(Condition::InStock));
    conditions.extend(filter.attributes.iter().map(|attribute| {
        let keys = attribute
            .values
            .iter()
            .map(|value| facet_key::attribute(&attribute.name, value));
        Condition::AnyOf {
            group: dictionary.find_attribute(&attribute.name).unwrap_or(GroupId::MAX),
            values: keys.filter_map(|key| dictionary.find(&key)).collect(),
        }
    }));
    conditions
}

/// Scores that differ by less than a thousandth are the same: sums of floats depend on their order, which
/// is not the same in every segment.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a score is a small number above zero"
)]
fn key_of_score(score: f32) -> u64 {
    (f64::from(score.max(0.0)) * 1_000.0).round() as u64
}

/// The lowest prices of a segment in one currency.
pub(super) fn price(prices: Option<&Column<i64>>, document: DocId) -> Option<i64> {
    prices?.first(document)
}
