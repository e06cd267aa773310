//! A request, made ready for looking at many products.

use domain::value::Currency;
use tantivy::DocId;

use super::{
    cursor::Mark,
    dictionary::{CATEGORIES, Dictionary, GroupId, ValueId},
    facet_key,
    request::{CatalogueFilter, SearchRequest, Sort},
    rows::{Rows, SetId},
};

/// A request, made ready.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) choices: Vec<Choice>,
    /// The range of the lowest price of what can be had.
    pub(super) price: Option<(i64, i64)>,
    pub(super) in_stock: Option<bool>,
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

/// A condition on one facet, whose counts it does not narrow: one of these values of a group; none of them if
/// no product ever had one.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) group: GroupId,
    pub(super) values: Vec<ValueId>,
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
            choices: choices(filter, dictionary),
            price: filter.price.map(|price| {
                let (lowest, highest) = (price.min.unwrap_or(i64::MIN), price.max.unwrap_or(i64::MAX));
                (lowest, highest)
            }),
            in_stock: filter.in_stock,
            sort: request.sort,
            scored,
            after,
            limit,
            facets: request.facets,
            currency,
        }
    }

    /// What the place of a product in the list begins with: higher keys come first. One without a price in the
    /// currency comes last, whichever the order.
    pub(super) fn key(&self, rows: &Rows, document: DocId, price: Option<i64>, score: f32) -> u64 {
        let positive = |price: i64| u64::try_from(price).unwrap_or_default();
        match self.sort {
            // Names are no numbers; see `names`.
            Sort::Newest | Sort::Name => 0,
            Sort::Popularity => u64::from(rows.orders(document)),
            Sort::Relevance if self.scored => key_of_score(score),
            Sort::Relevance => 0,
            Sort::PriceAscending(_) => price.map_or(0, |price| u64::MAX - positive(price)),
            Sort::PriceDescending(_) => price.map_or(0, |price| positive(price).saturating_add(1)),
        }
    }
}

impl Choice {
    pub(super) fn admits(&self, rows: &Rows, set: SetId) -> bool {
        rows.values(set).iter().any(|value| self.values.contains(value))
    }
}

fn choices(filter: &CatalogueFilter, dictionary: &Dictionary) -> Vec<Choice> {
    let mut choices = Vec::new();
    if let Some(path) = &filter.category {
        // A path without any step is the root, below which everything is.
        choices.extend(facet_key::category(path).map(|key| Choice {
            group: CATEGORIES,
            values: dictionary.find(&key).into_iter().collect(),
        }));
    }
    choices.extend(filter.attributes.iter().map(|attribute| {
        let keys = attribute
            .values
            .iter()
            .map(|value| facet_key::attribute(&attribute.name, value));
        Choice {
            group: dictionary.find_attribute(&attribute.name).unwrap_or(GroupId::MAX),
            values: keys.filter_map(|key| dictionary.find(&key)).collect(),
        }
    }));
    choices
}

/// Scores that differ by less than a thousandth are the same: sums of floats depend on their order, which
/// is not the same in every segment.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a score is a small number above zero"
)]
fn key_of_score(score: f32) -> u64 {
    u64::from((f64::from(score.max(0.0)) * 1_000.0 + 0.5) as u32)
}
