//! What could be chosen further, with how much would be found.

use std::{cmp::Reverse, sync::Arc};

use super::{
    dictionary::{CATEGORIES, Dictionary, GroupId, ValueId},
    plan::Plan,
    price_ranges::PriceBucket,
    tally::Tally,
};

/// The most categories that are told, those with the most products.
pub const MAX_CATEGORIES: usize = 200;

/// The most attributes that are told, those with the most products.
pub const MAX_ATTRIBUTES: usize = 20;

/// The most values of an attribute that are told, those with the most products.
pub const MAX_VALUES: usize = 50;

/// How many products there are for each choice. A count is of what would be found without the condition
/// that is on the same facet already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Categories, by path. A product counts for its categories and for all above them, once.
    pub categories: Vec<FacetCount>,
    /// Attributes, those with the most products first.
    pub attributes: Vec<AttributeFacet>,
    /// Ranges of prices, the lowest first; none without a currency.
    pub prices: Vec<PriceBucket>,
    /// How many are in stock.
    pub in_stock: u64,
    /// How many are not.
    pub out_of_stock: u64,
}

/// An attribute and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeFacet {
    /// The attribute.
    pub name: String,
    /// Its values, those with the most products first.
    pub values: Vec<FacetCount>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// What would be chosen.
    pub value: Arc<str>,
    /// How many products there are then.
    pub count: u64,
    /// Whether it is chosen already.
    pub is_selected: bool,
}

impl Facets {
    pub(super) fn of(tally: &Tally<'_>, plan: &Plan, dictionary: &Dictionary) -> Self {
        let mut groups: Vec<Vec<ValueId>> = Vec::new();
        groups.resize_with(dictionary.attributes().count() + 1, Vec::new);
        let selected = selected(plan);
        for (id, count) in (0..).zip(&tally.counts) {
            if *count == 0 && !selected.contains(&id) {
                continue;
            }
            if let Some(group) = groups.get_mut(super::dictionary::index(dictionary.group(id))) {
                group.push(id);
            }
        }
        let count = |id: ValueId| {
            let count = tally.counts.get(super::dictionary::index(id)).copied();
            u64::from(count.unwrap_or_default())
        };
        let mut most = |group: GroupId, limit: usize| {
            let ids = groups
                .get_mut(super::dictionary::index(group))
                .map(std::mem::take);
            // What is chosen is always told: else it could not be given up.
            let order = |id: ValueId| {
                (
                    !selected.contains(&id),
                    Reverse(count(id)),
                    dictionary.order(id),
                    id,
                )
            };
            let mut most: Vec<_> = ids.unwrap_or_default().into_iter().map(order).collect();
            // There may be thousands, and all but a few are not told: so these are not sorted.
            if most.len() > limit {
                most.select_nth_unstable(limit);
                most.truncate(limit);
            }
            most
        };
        let told =
            |(is_not_selected, Reverse(count), _, id): (bool, Reverse<u64>, &str, ValueId)| FacetCount {
                value: dictionary.shown(id),
                count,
                is_selected: !is_not_selected,
            };
        let mut categories = most(CATEGORIES, MAX_CATEGORIES);
        categories.sort_unstable_by_key(|(_, _, order, _)| *order);
        let named = dictionary.attributes().map(|(group, name)| {
            let mut values = most(group, MAX_VALUES);
            values.sort_unstable_by_key(|(_, count, order, _)| (*count, *order));
            AttributeFacet {
                name: name.to_owned(),
                values: values.into_iter().map(told).collect(),
            }
        });
        let mut attributes: Vec<AttributeFacet> = named.filter(|facet| !facet.values.is_empty()).collect();
        attributes.sort_by_cached_key(|facet| {
            let products: u64 = facet.values.iter().map(|value| value.count).sum();
            let is_selected = facet.values.iter().any(|value| value.is_selected);
            (!is_selected, Reverse(products), facet.name.clone())
        });
        attributes.truncate(MAX_ATTRIBUTES);
        Self {
            categories: categories.into_iter().map(told).collect(),
            attributes,
            prices: tally.prices.buckets(),
            in_stock: tally.in_stock,
            out_of_stock: tally.out_of_stock,
        }
    }
}

/// The values that are chosen.
fn selected(plan: &Plan) -> Vec<ValueId> {
    let values = plan.choices.iter().flat_map(|choice| &choice.values);
    values.copied().collect()
}
