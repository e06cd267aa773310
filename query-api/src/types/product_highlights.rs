//! `ProductHighlights`.

use async_graphql::{Object, SimpleObject};
use projections::catalogue;

/// Where a product has the words that were searched for.
#[derive(SimpleObject)]
pub(crate) struct ProductHighlights {
    /// The name.
    name: Highlight,
    /// The part of the description that has most of the words, or its beginning; null without a description.
    description: Option<Highlight>,
}

/// A text in which words are marked.
pub(crate) struct Highlight(catalogue::Highlight);

/// A text in which the words that were searched for are marked.
#[Object]
impl Highlight {
    /// As HTML, with the words in `<mark>`. All else is escaped, so it may be put into a page as it is.
    async fn html(&self) -> String {
        self.0.html()
    }

    /// In parts, for those who make elements of them. Nothing is escaped here.
    async fn parts(&self) -> Vec<HighlightPart> {
        let part = |part: &catalogue::HighlightPart| HighlightPart {
            text: part.text.clone(),
            matches: part.is_match,
        };
        self.0.parts.iter().map(part).collect()
    }
}

/// A part of a text.
#[derive(SimpleObject)]
pub(crate) struct HighlightPart {
    /// As it stands in the product.
    text: String,
    /// Whether it is one of the words.
    matches: bool,
}

impl From<catalogue::Highlights> for ProductHighlights {
    fn from(highlights: catalogue::Highlights) -> Self {
        Self {
            name: Highlight(highlights.name),
            description: highlights.description.map(Highlight),
        }
    }
}
