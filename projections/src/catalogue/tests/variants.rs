//! Price and stock hold for the same variant.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Library, card, number};
use crate::catalogue::{
    CatalogueFilter, PriceRange, SearchRequest, Sort,
    card::{ProductCard, VariantCard},
};

/// A product with variants, each with its price in cents, if it has one, and its units.
fn jug(number: u128, variants: &[(Option<i64>, i64)]) -> ProductCard {
    let mut card = card(number, "Jug");
    let variant = |(index, (price, units)): (usize, &(Option<i64>, i64))| {
        let prices: BTreeMap<_, _> = price.map(|price| ("EUR".to_owned(), price)).into_iter().collect();
        let variant = VariantCard {
            prices,
            units: *units,
            ..VariantCard::default()
        };
        (format!("JUG-{number}-{index}"), variant)
    };
    card.variants = variants.iter().enumerate().map(variant).collect();
    card
}

fn filter(min: Option<i64>, max: Option<i64>, in_stock: Option<bool>) -> CatalogueFilter {
    let currency = "EUR".parse().unwrap();
    CatalogueFilter {
        price: (min.is_some() || max.is_some()).then_some(PriceRange { currency, min, max }),
        in_stock,
        ..CatalogueFilter::default()
    }
}

#[test]
fn price_and_stock_hold_for_the_same_variant() {
    let mut library = Library::new();
    library.put(jug(1, &[(Some(1_500), 0), (Some(6_000), 3)]));
    library.put(jug(2, &[(Some(3_000), 1)]));
    library.put(jug(3, &[(Some(1_000), 0)]));
    library.put(jug(4, &[(Some(1_200), 0), (None, 2)]));
    library.commit();
    let euro = "EUR".parse().unwrap();
    let find =
        |filter, sort| library.numbers(&SearchRequest::new("jug", 10).with_filter(filter).with_sort(sort));
    let cheapest = Sort::PriceAscending(euro);
    assert_eq!(find(filter(None, Some(2_000), Some(true)), cheapest), []);
    assert_eq!(find(filter(Some(5_000), None, Some(true)), cheapest), [1]);
    assert_eq!(find(filter(None, Some(2_000), Some(false)), cheapest), [3]);
    assert_eq!(find(filter(None, Some(2_000), None), cheapest), [3, 4, 1]);
    assert_eq!(
        find(filter(None, None, Some(true)), cheapest),
        [2, 1, 4],
        "the price of what can be had"
    );
    assert_eq!(
        find(filter(None, None, Some(true)), Sort::PriceDescending(euro)),
        [1, 2, 4]
    );
    let request = SearchRequest::new("jug", 10).with_filter(filter(None, None, Some(true)));
    let facets = library.search(&request.with_facets(Some(euro))).facets.unwrap();
    let prices: Vec<_> = facets
        .prices
        .iter()
        .map(|range| (range.min, range.count))
        .collect();
    assert_eq!(prices, [(2_000, 1), (5_000, 1)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever is chosen next, as many are found as the facets said.
    #[test]
    fn facets_promise_what_is_found(
        jugs in prop::collection::vec(prop::collection::vec((prop::option::of(1_i64..4_000), 0_i64..2), 1..4), 1..12),
        range in prop::option::of((1_i64..3_000, 1_i64..3_000)),
        in_stock in prop::option::of(any::<bool>()),
    ) {
        let mut library = Library::new();
        for (number, variants) in (1..).zip(&jugs) {
            library.put(jug(number, variants));
        }
        library.commit();
        let euro = "EUR".parse().unwrap();
        let (min, max) = range.map_or((None, None), |(min, width)| (Some(min), Some(min + width)));
        let total = |filter| library.search(&SearchRequest::new("jug", 100).with_filter(filter)).total;
        let request = SearchRequest::new("jug", 100).with_filter(filter(min, max, in_stock));
        let found = library.search(&request.with_facets(Some(euro)));
        let facets = found.facets.unwrap();
        prop_assert_eq!(facets.in_stock, total(filter(min, max, Some(true))));
        prop_assert_eq!(facets.out_of_stock, total(filter(min, max, Some(false))));
        for bucket in &facets.prices {
            prop_assert_eq!(bucket.count, total(filter(Some(bucket.min), bucket.max, in_stock)));
        }
        // By hand: the lowest price of what can be had.
        let by_hand = (1..).zip(&jugs).filter(|(_, variants)| {
            let has_stock = variants.iter().any(|(_, units)| *units > 0);
            let had = variants.iter().filter(|(_, units)| in_stock != Some(true) || *units > 0);
            let lowest = had.filter_map(|(price, _)| *price).min();
            in_stock.is_none_or(|wanted| wanted == has_stock)
                && range.is_none_or(|(min, width)| lowest.is_some_and(|price| (min..=min + width).contains(&price)))
        });
        let mut by_hand: Vec<u128> = by_hand.map(|(number, _)| number).collect();
        by_hand.reverse();
        let newest = SearchRequest::new("jug", 100).with_filter(filter(min, max, in_stock)).with_sort(Sort::Newest);
        let hits = library.search(&newest).hits;
        prop_assert_eq!(hits.iter().map(|hit| number(hit.product_id)).collect::<Vec<_>>(), by_hand);
    }
}
