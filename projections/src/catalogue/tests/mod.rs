//! What the tests of the search share: shops with events, and indexes with cards and nothing else.

mod beginnings;
mod compounds;
mod facets;
mod goods;
mod killed;
mod languages;
mod lists;
mod projection;
mod relevance;
mod scripts;
mod skus;
mod suggestions;
mod syntax;
mod variants;
mod words;

use std::collections::BTreeMap;

use domain::value::ProductId;
use tempfile::TempDir;
use uuid::Uuid;

use super::{
    CatalogueFilter, CatalogueReader, Found, SearchLanguages, SearchRequest, Sort, Suggestion,
    card::{Card, ProductCard, VariantCard},
    cursor::Mark,
    open_index::OpenIndex,
    shelf::{Shelf, Writing},
};
use crate::testing::{Shop, money, product_id};

/// All products that a search finds, in order.
async fn find(reader: &CatalogueReader, text: &str, filter: CatalogueFilter, sort: Sort) -> Vec<ProductId> {
    let request = SearchRequest::new(text, 100).with_filter(filter).with_sort(sort);
    let found = reader.search(request).await.unwrap();
    assert_eq!(found.total, found.hits.len() as u64);
    found.hits.into_iter().map(|hit| hit.product_id).collect()
}

/// A small shop: prices in cents 900, 500 and 700, units 0, 3 and 4.
async fn small_shop() -> Shop {
    let mut shop = Shop::new();
    shop.receive(4, 3).await;
    shop.list(1, "Running shoes", "sport/shoes").await;
    shop.list(2, "Runner's lamp", "home/office").await;
    shop.list(3, "Teapot", "home/kitchen").await;
    for (number, amount) in [(1, 900), (2, 500), (3, 700)] {
        shop.set_price(number, money(amount, "EUR")).await;
    }
    shop.receive(7, 4).await;
    shop
}

/// An index with cards and nothing around it.
struct Library {
    shelf: Shelf,
    index: OpenIndex,
    commits: i64,
    _folder: TempDir,
}

impl Library {
    fn new() -> Self {
        Self::in_languages("en,ru")
    }

    fn in_languages(languages: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let languages: SearchLanguages = languages.parse().unwrap();
        let writing = Writing {
            languages,
            threads: 1,
        };
        let (shelf, _) = Shelf::open(folder.path(), &writing, 0).unwrap();
        let index = OpenIndex::open(folder.path()).unwrap();
        Self {
            shelf,
            index,
            commits: 0,
            _folder: folder,
        }
    }

    /// An index of products with these names, numbered from 1.
    fn of(names: &[&str]) -> Self {
        let mut library = Self::new();
        for (number, name) in (1..).zip(names) {
            library.put(card(number, name));
        }
        library.commit();
        library
    }

    /// Puts a card in, in place of one with its number.
    fn put(&mut self, card: ProductCard) {
        self.shelf.replace(Card::Product(Box::new(card)));
    }

    fn commit(&mut self) {
        self.commits += 1;
        self.shelf.commit(self.commits).unwrap();
    }

    fn search(&self, request: &SearchRequest) -> Found {
        let after = request.page.after.as_ref();
        let after = after.map(|cursor| Mark::of_cursor(cursor, request.sort).unwrap());
        let limit = usize::try_from(request.page.first).unwrap() + 1;
        let snapshot = self.index.snapshot().unwrap();
        snapshot.search(request, after, limit).unwrap()
    }

    /// The numbers of the products that a text finds, in order.
    fn find(&self, text: &str) -> Vec<u128> {
        self.numbers(&SearchRequest::new(text, 100))
    }

    fn numbers(&self, request: &SearchRequest) -> Vec<u128> {
        let found = self.search(request);
        found.hits.iter().map(|hit| number(hit.product_id)).collect()
    }

    fn suggestions(&self, text: &str) -> Vec<String> {
        let suggestions = self.index.snapshot().unwrap().suggestions(text, 10).unwrap();
        suggestions
            .iter()
            .map(|suggestion| match suggestion {
                Suggestion::Words { text } => text.clone(),
                Suggestion::Product { product_id, name } => format!("{} {name}", number(*product_id)),
                Suggestion::Category { path: text } | Suggestion::Sku { sku: text, .. } => text.clone(),
            })
            .collect()
    }
}

fn number(id: ProductId) -> u128 {
    let id: Uuid = id.uuid();
    id.as_u128()
}

/// A product that can be bought, with one variant and nothing to say but its name.
fn card(number: u128, name: &str) -> ProductCard {
    ProductCard {
        id: product_id(number),
        name: name.to_owned(),
        slug: format!("product-{number}"),
        description: None,
        categories: Vec::new(),
        tags: Vec::new(),
        active: true,
        created_position: i64::try_from(number).unwrap(),
        orders: 0,
        variants: BTreeMap::from([(format!("SKU-{number}"), VariantCard::default())]),
    }
}
