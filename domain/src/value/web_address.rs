//! Addresses in the web that a browser may load.

use url::Url;

use super::{
    InvalidValue,
    text::{Kind, Line, Text},
};

/// An absolute address whose scheme is `http` or `https`, in the spelling of the URL standard.
///
/// A front-end puts it into a page as it is, so nothing may come through that a browser would execute
/// (`javascript:`, `data:`), and no credentials, which everyone who sees the page could read.
pub type WebAddress = Text<2_000, Web>;

/// The kind of a [`WebAddress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Web;

impl Kind for Web {
    fn form(text: &str) -> Result<String, InvalidValue> {
        // The URL standard ignores line breaks and tabs within an address.
        let text = Line::form(text)?;
        let Some(url) = Url::parse(&text).ok().filter(|_| text.contains("://")) else {
            return Err(InvalidValue::new(
                "must be an absolute address such as https://example.com/lamp.jpg",
            ));
        };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidValue::new("must begin with https:// or http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidValue::new("must not contain a user name or a password"));
        }
        Ok(url.into())
    }
}

impl WebAddress {
    /// Whether a browser may load it. Addresses from before there was a rule need not be safe.
    pub fn is_safe(&self) -> bool {
        Web::form(self.as_str()).is_ok()
    }
}
