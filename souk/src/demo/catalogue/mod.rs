//! The vocabulary of the demo shop: what is sold in each leaf of the category tree.
//!
//! Makers, authors and models are invented.

mod books;
mod category;
mod electronics;
mod fashion;
mod kitchen;
mod leisure;
mod living;
mod outdoor;
mod pantry;
mod words;

pub(super) use category::Category;
pub(super) use words::Model;

/// All leaves of the category tree.
pub(super) fn categories() -> Vec<&'static Category> {
    let departments = [
        electronics::CATEGORIES,
        kitchen::CATEGORIES,
        living::CATEGORIES,
        fashion::CATEGORIES,
        outdoor::CATEGORIES,
        pantry::CATEGORIES,
        books::CATEGORIES,
        leisure::CATEGORIES,
    ];
    departments.into_iter().flatten().collect()
}
