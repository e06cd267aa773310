//! `Image`.

use async_graphql::SimpleObject;

/// A picture of a product.
#[derive(SimpleObject)]
pub(crate) struct Image {
    /// Where it is: an absolute address that begins with `https://` or `http://`.
    url: String,
    /// What it shows, for those who do not see it.
    alt: Option<String>,
}

impl From<&projections::value::Image> for Image {
    fn from(image: &projections::value::Image) -> Self {
        Self {
            url: image.url.to_string(),
            alt: image.alt.as_ref().map(ToString::to_string),
        }
    }
}
