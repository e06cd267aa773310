//! Conditions, orders and pages.

use std::collections::BTreeSet;

use super::{Library, card, number};
use crate::catalogue::{
    AttributeFilter, CatalogueFilter, PriceRange, SearchRequest, Sort, card::ProductCard,
};

fn priced(number: u128, name: &str, amount: Option<i64>) -> ProductCard {
    let mut card = card(number, name);
    for variant in card.variants.values_mut() {
        variant
            .prices
            .extend(amount.map(|amount| ("EUR".to_owned(), amount)));
    }
    card
}

fn library() -> Library {
    let mut library = Library::new();
    for (number, category, amount, units, tags) in [
        (1, "sport/shoes", 900, 0, vec!["colour:blue", "sale"]),
        (2, "home/office", 500, 3, vec!["colour:red", "sale"]),
        (3, "home/kitchen", 700, 4, vec!["colour:red", "size: L"]),
    ] {
        let mut card = priced(number, "Thing", Some(amount));
        card.categories = vec![category.to_owned()];
        card.tags = tags.into_iter().map(str::to_owned).collect();
        for variant in card.variants.values_mut() {
            variant.units = units;
        }
        library.put(card);
    }
    library.commit();
    library
}

#[test]
fn filters_let_pass_what_they_say_and_nothing_else() {
    let library = library();
    let none = CatalogueFilter::default();
    let search = |filter| library.numbers(&SearchRequest::new("", 10).with_filter(filter));
    let category = |path: &str| CatalogueFilter {
        category: Some(path.to_owned()),
        ..none.clone()
    };
    assert_eq!(search(category("home")), [3, 2]);
    assert_eq!(search(category("/home/kitchen/")), [3]);
    assert_eq!(search(category("hom")), []);
    assert_eq!(search(category("/")).len(), 3);
    let in_stock = |is| CatalogueFilter {
        in_stock: Some(is),
        ..none.clone()
    };
    assert_eq!(search(in_stock(true)), [3, 2]);
    assert_eq!(search(in_stock(false)), [1]);
    let price = |min, max, code: &str| CatalogueFilter {
        price: Some(PriceRange {
            currency: code.parse().unwrap(),
            min,
            max,
        }),
        ..none.clone()
    };
    assert_eq!(search(price(Some(500), Some(700), "EUR")), [3, 2]);
    assert_eq!(search(price(Some(701), None, "EUR")), [1]);
    assert_eq!(search(price(None, None, "USD")), []);
    let attributes = |attributes: &[(&str, &[&str])]| CatalogueFilter {
        attributes: attributes
            .iter()
            .map(|(name, values)| AttributeFilter {
                name: (*name).to_owned(),
                values: values.iter().map(|value| (*value).to_owned()).collect(),
            })
            .collect(),
        ..none.clone()
    };
    assert_eq!(search(attributes(&[("colour", &["red"])])), [3, 2]);
    assert_eq!(
        search(attributes(&[("colour", &["red", "blue"]), ("tag", &["sale"])])),
        [2, 1]
    );
    assert_eq!(search(attributes(&[("size", &["L"])])), [3]);
    assert_eq!(search(attributes(&[("colour", &["green"])])), []);
    assert_eq!(search(attributes(&[("no such", &["red"])])), []);
    let both = CatalogueFilter {
        in_stock: Some(true),
        ..attributes(&[("tag", &["sale"])])
    };
    assert_eq!(search(both), [2]);
}

/// Thirty products: prices in sevens, every fifth without one; orders in elevens; text of several lengths.
fn thirty() -> Library {
    let mut library = Library::new();
    for number in 1..=30 {
        let amount = (number % 5 > 0).then(|| 100 + i64::try_from(number % 7).unwrap());
        let mut card = priced(
            number,
            &format!(
                "Teapot {}",
                "of clay ".repeat(usize::try_from(number % 4).unwrap())
            ),
            amount,
        );
        card.orders = u64::try_from(number % 11).unwrap();
        library.put(card);
        if number.is_multiple_of(8) {
            library.commit();
        }
    }
    library.commit();
    library
}

fn sorts() -> [Sort; 6] {
    let euro = "EUR".parse().unwrap();
    [
        Sort::Relevance,
        Sort::Newest,
        Sort::Popularity,
        Sort::PriceAscending(euro),
        Sort::PriceDescending(euro),
        Sort::Name,
    ]
}

#[test]
fn pages_of_any_size_hold_every_product_once_in_every_order() {
    let library = thirty();
    for sort in sorts() {
        let whole = library.numbers(&SearchRequest::new("teapot", 100).with_sort(sort));
        assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), 30, "{sort:?}");
        for first in [1, 7, 30] {
            let (mut paged, mut request) = (Vec::new(), SearchRequest::new("teapot", first).with_sort(sort));
            loop {
                let found = library.search(&request);
                assert_eq!(found.total, 30);
                paged.extend(found.hits.iter().map(|hit| number(hit.product_id)));
                match found.hits.last().filter(|_| found.has_next_page) {
                    Some(last) => request = request.after(last.cursor.clone()),
                    None => break,
                }
            }
            assert_eq!(paged, whole, "{sort:?} in pages of {first}");
        }
    }
}

#[test]
fn products_stand_in_the_order_that_was_asked_for() {
    let library = thirty();
    let search = |sort| library.numbers(&SearchRequest::new("teapot", 100).with_sort(sort));
    let price = |number: &u128| (!number.is_multiple_of(5)).then_some(number % 7);
    let newest: Vec<u128> = (1..=30).rev().collect();
    let by = |key: &dyn Fn(&u128) -> i128| {
        let mut all = newest.clone();
        all.sort_by_key(key);
        all
    };
    let signed = |number: u128| i128::try_from(number).unwrap();
    let [_, by_age, popularity, ascending, descending, by_name] = sorts();
    assert_eq!(search(by_age), newest);
    assert_eq!(search(popularity), by(&|number| -signed(number % 11)));
    assert_eq!(search(ascending), by(&|number| price(number).map_or(99, signed)));
    assert_eq!(
        search(descending),
        by(&|number| price(number).map_or(99, |price| -signed(price)))
    );
    // Shorter names first, and of the same ones the newest.
    assert_eq!(search(by_name), by(&|number| signed(number % 4)));
    let relevant = search(Sort::Relevance);
    assert!(
        relevant[..7].iter().all(|number| number % 4 == 0),
        "short names say more: {relevant:?}"
    );
}

#[test]
fn pages_go_on_where_they_were_while_the_shop_changes() {
    let mut library = thirty();
    for sort in sorts() {
        let whole = library.numbers(&SearchRequest::new("teapot", 100).with_sort(sort));
        let request = SearchRequest::new("teapot", 10).with_sort(sort);
        let first = library.search(&request);
        // One of the last page is gone, and one of the first. With so few products the latter changes how
        // common words are, and then the page begins by rank.
        let places = if sort == Sort::Relevance {
            vec![25]
        } else {
            vec![3, 25]
        };
        for (place, name) in places.into_iter().map(|place| (place, "Lamp")) {
            let mut gone = card(whole[place], name);
            gone.created_position = i64::try_from(whole[place]).unwrap();
            library.put(gone);
        }
        library.commit();
        let mut paged: Vec<u128> = first.hits.iter().map(|hit| number(hit.product_id)).collect();
        let mut last = first.hits.last().unwrap().cursor.clone();
        loop {
            let found = library.search(&request.clone().after(last));
            paged.extend(found.hits.iter().map(|hit| number(hit.product_id)));
            match found.hits.last().filter(|_| found.has_next_page) {
                Some(hit) => last = hit.cursor.clone(),
                None => break,
            }
        }
        let mut expected = whole.clone();
        expected.remove(25);
        assert_eq!(paged, expected, "{sort:?}");
        library = thirty();
    }
}

#[test]
fn pages_go_on_by_rank_when_words_have_become_more_common() {
    let mut library = thirty();
    let request = SearchRequest::new("teapot", 10);
    let first = library.search(&request);
    for number in 31..=100 {
        library.put(card(number, "Thing without it"));
    }
    library.commit();
    let whole = library.numbers(&SearchRequest::new("teapot", 100));
    let second = library.numbers(&request.clone().after(first.hits.last().unwrap().cursor.clone()));
    assert_eq!(second, whole[10..20]);
}
