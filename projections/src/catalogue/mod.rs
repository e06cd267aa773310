//! The search in the catalogue: a Tantivy index that finds products by text, category, price and stock.
//!
//! ```text
//! DIR/                  the data folder
//!   place               names this folder in `projection_generations`
//!   catalogue/
//!     catalogue_g3/     the index of one generation
//! ```
//!
//! Every process that searches needs the index on its own disk, so each data folder has generations of
//! its own. The checkpoint is part of what Tantivy commits: documents and checkpoint move together.
//! The row in `projection_generations` follows within the same step and is never ahead of the index.
//!
//! A document holds all that is known of its product, as stored JSON, and is replaced as a whole. So an
//! event needs no other source than the index itself, and what an index says depends on events alone.
//!
//! A search is one pass over the products that have the words (see `tally`): it chooses the page and counts
//! facets from columns in memory. Nothing stored is read but for the page, and that only for highlights.
//!
//! What it deliberately is not: it shows nothing. It answers with identifiers, in order; what a product
//! looks like is read from the products. And it knows no days: an expired lot counts as in stock here.

mod analysis;
mod answer;
mod beginning;
mod card;
mod cursor;
mod dictionary;
mod facet_key;
mod facets;
mod free_units;
mod grams;
mod highlight;
mod in_order;
mod index;
mod irregular;
mod language;
mod leftovers;
mod letters;
mod meaning;
mod model;
mod name_order;
mod names;
mod near;
mod open_index;
mod pieces;
mod place;
mod plan;
mod price_ranges;
mod prices;
mod question;
mod read;
mod request;
mod rows;
mod shelf;
mod sink;
mod sku_parts;
mod snapshot;
mod spelling;
mod statistics;
mod stop_words;
mod suggest;
mod tally;
#[cfg(test)]
mod tests;
mod text_query;
mod tokenizer;
mod words;

pub use facet_key::TAG;
pub use facets::{AttributeFacet, FacetCount, Facets, MAX_ATTRIBUTES, MAX_CATEGORIES, MAX_VALUES};
pub use highlight::{Highlight, HighlightPart, Highlights};
pub use language::{Language, LanguagesError, SearchLanguages};
pub use model::{Catalogue, find_languages};
pub(crate) use place::find as find_place;
pub use price_ranges::PriceBucket;
pub use read::CatalogueReader;
pub use request::{
    AttributeFilter, CatalogueFilter, Correction, Found, Hit, PriceRange, SearchRequest, Sort,
};
pub use suggest::{MAX_SUGGESTIONS, Suggestion};
