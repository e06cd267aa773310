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
//! What it deliberately is not: it shows nothing. It answers with identifiers, in order; what a product
//! looks like is read from the products. And it knows no days: an expired lot counts as in stock here.

mod card;
mod collector;
mod index;
mod model;
mod place;
mod read;
mod shelf;
mod sink;
#[cfg(test)]
mod tests;
mod text_query;

pub use model::Catalogue;
pub(crate) use place::find as find_place;
pub use read::{CatalogueFilter, CatalogueReader, Found, Hit, PriceRange, Sort};
