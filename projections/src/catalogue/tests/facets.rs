//! Facets count what a count by hand counts.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Library, card};
use crate::catalogue::{
    AttributeFilter, CatalogueFilter, FacetCount, Facets, PriceRange, SearchRequest, TAG, card::ProductCard,
};

const WORDS: [&str; 3] = ["lamp", "desk", "teapot"];
const CATEGORIES: [&str; 5] = [
    "home",
    "home/kitchen",
    "home/kitchen/tea",
    "office",
    "office/chairs",
];
const TAGS: [&str; 6] = ["colour:red", "colour:blue", "size:L", "size:M", "sale", "gift"];

#[derive(Debug, Clone)]
struct Thing {
    words: BTreeSet<usize>,
    categories: BTreeSet<usize>,
    tags: BTreeSet<usize>,
    price: Option<i64>,
    units: i64,
    active: bool,
}

fn things() -> impl Strategy<Value = Vec<Thing>> {
    let some = |of: usize| prop::collection::btree_set(0..of, 0..=3);
    let price = prop::option::of(1_i64..100_000);
    let thing = (
        some(WORDS.len()),
        some(CATEGORIES.len()),
        some(TAGS.len()),
        price,
        0_i64..3,
        0..5,
    );
    let thing = thing.prop_map(|(words, categories, tags, price, units, active)| Thing {
        words,
        categories,
        tags,
        price,
        units,
        active: active > 0,
    });
    prop::collection::vec(thing, 1..40)
}

#[derive(Debug, Clone)]
struct Asked {
    word: Option<usize>,
    category: Option<usize>,
    price: Option<(i64, i64)>,
    in_stock: Option<bool>,
    colours: BTreeSet<usize>,
    tags: BTreeSet<usize>,
}

fn asked() -> impl Strategy<Value = Asked> {
    let rarely = |range: std::ops::Range<usize>| prop::collection::btree_set(range, 0..=2);
    (
        prop::option::of(0..WORDS.len()),
        prop::option::of(0..CATEGORIES.len()),
        prop::option::of((1_i64..50_000, 1_i64..50_000)),
        prop::option::of(any::<bool>()),
        rarely(0..2),
        rarely(4..6),
    )
        .prop_map(|(word, category, price, in_stock, colours, tags)| Asked {
            word,
            category,
            price: price.map(|(min, width)| (min, min + width)),
            in_stock,
            colours,
            tags,
        })
}

impl Thing {
    fn card(&self, number: u128) -> ProductCard {
        let words: Vec<&str> = self.words.iter().map(|index| WORDS[*index]).collect();
        let mut card = card(number, &format!("Thing {}", words.join(" ")));
        card.categories = self
            .categories
            .iter()
            .map(|index| CATEGORIES[*index].to_owned())
            .collect();
        card.tags = self.tags.iter().map(|index| TAGS[*index].to_owned()).collect();
        card.active = self.active;
        for variant in card.variants.values_mut() {
            variant.units = self.units;
            variant
                .prices
                .extend(self.price.map(|price| ("EUR".to_owned(), price)));
        }
        card
    }

    fn is_below(&self, path: &str) -> bool {
        let below = format!("{path}/");
        self.categories
            .iter()
            .any(|index| CATEGORIES[*index] == path || CATEGORIES[*index].starts_with(&below))
    }
}

/// Whether a product is of a kind.
type Is = Box<dyn Fn(&Thing) -> bool>;

/// The conditions by which products are counted, but for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum But {
    Nothing,
    Category,
    Price,
    Stock,
    Colour,
    Tag,
}

impl Asked {
    fn admits(&self, thing: &Thing, but: But) -> bool {
        let any = |wanted: &BTreeSet<usize>| wanted.is_empty() || !wanted.is_disjoint(&thing.tags);
        let has_price = |(min, max)| thing.price.is_some_and(|price| (min..=max).contains(&price));
        thing.active
            && self.word.is_none_or(|word| thing.words.contains(&word))
            && (but == But::Category
                || self
                    .category
                    .is_none_or(|category| thing.is_below(CATEGORIES[category])))
            && (but == But::Price || self.price.is_none_or(has_price))
            && (but == But::Stock || self.in_stock.is_none_or(|wanted| (thing.units > 0) == wanted))
            && (but == But::Colour || any(&self.colours))
            && (but == But::Tag || any(&self.tags))
    }

    fn request(&self) -> SearchRequest {
        let euro = "EUR".parse().unwrap();
        let attribute = |name: &str, tags: &BTreeSet<usize>| AttributeFilter {
            name: name.to_owned(),
            values: tags
                .iter()
                .map(|index| TAGS[*index].split(':').next_back().unwrap().to_owned())
                .collect(),
        };
        let attributes = [attribute("colour", &self.colours), attribute(TAG, &self.tags)];
        let filter = CatalogueFilter {
            category: self.category.map(|index| CATEGORIES[index].to_owned()),
            price: self.price.map(|(min, max)| PriceRange {
                currency: euro,
                min: Some(min),
                max: Some(max),
            }),
            in_stock: self.in_stock,
            attributes: attributes
                .into_iter()
                .filter(|attribute| !attribute.values.is_empty())
                .collect(),
        };
        SearchRequest::new(self.word.map_or("", |index| WORDS[index]), 10)
            .with_filter(filter)
            .with_facets(Some(euro))
    }
}

/// The counts of one attribute, or of the categories: those above zero.
fn counted(facets: &Facets, name: Option<&str>) -> BTreeMap<String, u64> {
    let values = match name {
        None => Some(&facets.categories),
        Some(name) => facets
            .attributes
            .iter()
            .find(|facet| facet.name == name)
            .map(|facet| &facet.values),
    };
    let values = values.into_iter().flatten().filter(|value| value.count > 0);
    values
        .map(|value| (value.value.to_string(), value.count))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn facets_count_what_a_count_by_hand_counts(
        things in things(),
        changed in prop::collection::vec((any::<prop::sample::Index>(), things()), 0..3),
        questions in prop::collection::vec(asked(), 6),
    ) {
        let (mut library, mut things) = (Library::new(), things);
        for (number, thing) in (1..).zip(&things) {
            library.put(thing.card(number));
        }
        library.commit();
        // Some are replaced, so that there are several segments and documents that are gone.
        for (index, by) in changed {
            let index = index.index(things.len());
            things[index] = by[0].clone();
            library.put(things[index].card(1 + u128::try_from(index).unwrap()));
            library.commit();
        }
        for asked in questions {
            let found = library.search(&asked.request());
            let facets = found.facets.unwrap();
            let count = |but, is: &dyn Fn(&Thing) -> bool| {
                things.iter().filter(|thing| asked.admits(thing, but) && is(thing)).count() as u64
            };
            prop_assert_eq!(found.total, count(But::Nothing, &|_| true));
            let by_hand = |but, keys: Vec<(String, Is)>| -> BTreeMap<String, u64> {
                let counts = keys.into_iter().map(|(key, is)| (key, count(but, &*is)));
                counts.filter(|(_, count)| *count > 0).collect()
            };
            let categories = CATEGORIES.iter().map(|path| {
                let is: Is = Box::new(move |thing| thing.is_below(path));
                ((*path).to_owned(), is)
            });
            prop_assert_eq!(counted(&facets, None), by_hand(But::Category, categories.collect()));
            for (name, but, range) in [("colour", But::Colour, 0..2), ("size", But::Nothing, 2..4), (TAG, But::Tag, 4..6)] {
                let tags = range.map(|index: usize| {
                    let is: Is = Box::new(move |thing| thing.tags.contains(&index));
                    (TAGS[index].split(':').next_back().unwrap().to_owned(), is)
                });
                prop_assert_eq!(counted(&facets, Some(name)), by_hand(but, tags.collect()), "{}", name);
            }
            prop_assert_eq!(facets.in_stock, count(But::Stock, &|thing| thing.units > 0));
            prop_assert_eq!(facets.out_of_stock, count(But::Stock, &|thing| thing.units == 0));
            let priced: u64 = facets.prices.iter().map(|bucket| bucket.count).sum();
            prop_assert_eq!(priced, count(But::Price, &|thing| thing.price.is_some()));
            for bucket in &facets.prices {
                let within = |price: i64| price >= bucket.min && bucket.max.is_none_or(|max| price <= max);
                prop_assert_eq!(bucket.count, count(But::Price, &|thing| thing.price.is_some_and(within)));
            }
        }
    }
}

#[test]
fn what_is_chosen_is_told_even_if_nothing_is_left_of_it() {
    let mut library = Library::of(&["Lamp"]);
    let mut red = card(2, "Desk");
    red.tags = vec!["colour:red".to_owned()];
    library.put(red);
    library.commit();
    let filter = CatalogueFilter {
        attributes: vec![AttributeFilter {
            name: "colour".to_owned(),
            values: vec!["red".to_owned()],
        }],
        ..CatalogueFilter::default()
    };
    let found = library.search(
        &SearchRequest::new("lamp", 10)
            .with_filter(filter)
            .with_facets(None),
    );
    let values = &found.facets.unwrap().attributes[0].values;
    assert_eq!(
        (&*values[0].value, values[0].count, values[0].is_selected),
        ("red", 0, true)
    );
}

#[test]
fn values_that_differ_by_case_and_blanks_alone_are_one_facet_and_one_filter() {
    let mut library = Library::new();
    // The oldest one says how it is shown, and not the first one in the index.
    for (number, tag, category) in [
        (3, "size:LARGE", "RUGS/wool"),
        (1, "size:Large", "/Rugs/wool/"),
        (2, "Size: large ", "rugs/Wool"),
    ] {
        let mut card = card(number, "Rug");
        card.tags = vec![tag.to_owned(), tag.to_lowercase()];
        card.categories = vec![category.to_owned()];
        library.put(card);
        library.commit();
    }
    for (name, value, path) in [("size", "large", "rugs/wool"), (" SIZE", "Large ", "/RUGS//wool")] {
        let filter = CatalogueFilter {
            category: Some(path.to_owned()),
            attributes: vec![AttributeFilter {
                name: name.to_owned(),
                values: vec![value.to_owned()],
            }],
            ..CatalogueFilter::default()
        };
        let found = library.search(&SearchRequest::new("", 10).with_filter(filter).with_facets(None));
        assert_eq!(found.total, 3, "{name}: {value}");
        let facets = found.facets.unwrap();
        let told = |counts: &[FacetCount]| {
            let told = counts
                .iter()
                .map(|count| (count.value.to_string(), count.count, count.is_selected));
            told.collect::<Vec<_>>()
        };
        assert_eq!(facets.attributes.len(), 1);
        assert_eq!(facets.attributes[0].name, "size");
        assert_eq!(
            told(&facets.attributes[0].values),
            [("Large".to_owned(), 3, true)]
        );
        let expected = [("Rugs".to_owned(), 3, false), ("Rugs/wool".to_owned(), 3, true)];
        assert_eq!(told(&facets.categories), expected);
    }
}
