//! What may be asked of the search, and what it answers.

use domain::value::{Currency, ProductId};

use super::{facets::Facets, highlight::Highlights};
use crate::reading::{Cursor, PageRequest};

/// A search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRequest {
    /// What a person typed; a blank text finds all that the filter lets pass.
    pub text: String,
    /// Which products are wanted.
    pub filter: CatalogueFilter,
    /// What comes first.
    pub sort: Sort,
    /// Which part of the list is wanted.
    pub page: PageRequest,
    /// The currency in which facets count prices. Nothing counts no prices.
    pub facet_currency: Option<Currency>,
    /// Whether facets are wanted.
    pub facets: bool,
    /// Whether the page shall say where its products have the words.
    pub highlights: bool,
}

impl SearchRequest {
    /// A search for a text, the best first, without facets and highlights.
    pub fn new(text: impl Into<String>, first: u32) -> Self {
        Self {
            text: text.into(),
            filter: CatalogueFilter::default(),
            sort: Sort::default(),
            page: PageRequest::first(first),
            facet_currency: None,
            facets: false,
            highlights: false,
        }
    }

    /// Only what the filter lets pass.
    #[must_use]
    pub fn with_filter(mut self, filter: CatalogueFilter) -> Self {
        self.filter = filter;
        self
    }

    /// In another order.
    #[must_use]
    pub fn with_sort(mut self, sort: Sort) -> Self {
        self.sort = sort;
        self
    }

    /// With facets; prices are counted if there is a currency.
    #[must_use]
    pub fn with_facets(mut self, currency: Option<Currency>) -> Self {
        (self.facets, self.facet_currency) = (true, currency);
        self
    }

    /// With highlights.
    #[must_use]
    pub fn with_highlights(mut self) -> Self {
        self.highlights = true;
        self
    }

    /// The part after a cursor.
    #[must_use]
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.page = self.page.after(cursor);
        self
    }
}

/// Which products are wanted: those that meet all conditions. What cannot be bought is never found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueFilter {
    /// Only those in this category or below it, a path such as `audio/headphones`.
    pub category: Option<String>,
    /// Only those whose lowest price is within a range. Beside `in_stock` it is that of the variants that are in
    /// stock, also where products are sorted by price or counted.
    pub price: Option<PriceRange>,
    /// Only those in stock, or only those out of stock.
    pub in_stock: Option<bool>,
    /// Only those that have one of the values of each of these attributes, at most
    /// [`MAX_ATTRIBUTES`](super::MAX_ATTRIBUTES).
    pub attributes: Vec<AttributeFilter>,
}

/// A condition on an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeFilter {
    /// The attribute; [`tag`](super::TAG) for tags that belong to no other.
    pub name: String,
    /// Any of these.
    pub values: Vec<String>,
}

/// A range of prices in one currency, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRange {
    /// The currency; a product without a price in it is not found.
    pub currency: Currency,
    /// In minor units.
    pub min: Option<i64>,
    /// In minor units.
    pub max: Option<i64>,
}

/// What comes first. What is equal comes in the order of its age, the newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// What fits the text best.
    #[default]
    Relevance,
    /// The newest.
    Newest,
    /// What was ordered most often: the number of lines of orders, however many units each had.
    Popularity,
    /// The cheapest in a currency; what has no price in it comes last.
    PriceAscending(Currency),
    /// The dearest in a currency; what has no price in it comes last.
    PriceDescending(Currency),
    /// By their names, from A to Z.
    Name,
}

impl Sort {
    pub(super) const fn currency(self) -> Option<Currency> {
        match self {
            Self::PriceAscending(currency) | Self::PriceDescending(currency) => Some(currency),
            Self::Relevance | Self::Newest | Self::Popularity | Self::Name => None,
        }
    }
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The products, in order.
    pub hits: Vec<Hit>,
    /// How many there are on all pages.
    pub total: u64,
    /// Whether there are more after these.
    pub has_next_page: bool,
    /// What could be chosen further, if it was asked for.
    pub facets: Option<Facets>,
    /// Words that no product has, and what was searched for instead.
    pub corrections: Vec<Correction>,
    /// Whether no product has all that was searched for, so that these have only a part of it.
    pub is_partial: bool,
    /// Words that no product has, nor any like them, and that were left out.
    pub left_out: Vec<String>,
}

/// A product that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its place in the list.
    pub cursor: Cursor,
    /// Which product; see [`ReadModels::products`](crate::ReadModels::products) for the rest.
    pub product_id: ProductId,
    /// Where it has the words, if it was asked for.
    pub highlights: Option<Highlights>,
}

/// A word that no product has, and the most likely one that was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// As it was typed, in small letters.
    pub typed: String,
    /// As products have it.
    pub meant: String,
}
