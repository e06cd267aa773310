//! A product: what the shop shows and sells, in one or more variants.
//!
//! Each variant is a SKU with prices of its own, one for each currency. The prices of all times
//! stay in the log; the state knows only today's.
//!
//! What always holds: a SKU belongs to one product of the whole shop, and so does a slug. Both are
//! claims, enforced together with the append of the event that makes them. Of two SKUs that differ by case
//! alone one can be listed: people type and read them, and labels are often printed in capitals.

mod category;
mod command;
mod decide;
mod error;
mod event;
mod state;
mod tag;
#[cfg(test)]
pub(crate) mod tests;

pub use category::{CategoryPath, Path, category_key, category_steps};
pub use command::{ProductChange, ProductCommand, ProductDraft};
pub use error::ProductError;
pub use event::{Image, ProductEvent, Variant};
pub use state::{ListedProduct, Product};
pub use tag::{Tag, TagForm, attribute_of};

use crate::value::{Lines, Text};

/// The name of a product.
pub type ProductName = Text<300>;
/// What a product is, in some paragraphs.
pub type Description = Text<20_000, Lines>;

/// The most variants that one product may have.
pub const MAX_VARIANTS: usize = 200;
/// The most categories that one product may sit in.
pub const MAX_CATEGORIES: usize = 20;
/// The most tags, and the most images, that one product may have.
pub const MAX_TAGS: usize = 50;
/// The most currencies in which a product may be priced while it is listed: with the most variants it bounds
/// the events of one command.
pub const MAX_FIRST_PRICES: usize = 50;
/// The highest rate of tax in basis points: 100 %.
pub const MAX_TAX_RATE_BP: u16 = 10_000;
