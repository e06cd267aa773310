//! What is counted in facets, as one text each: a category or a value of an attribute.
//!
//! A tag such as `colour:blue` says that the product has the attribute `colour` with the value `blue`; a
//! tag without a colon is a value of the attribute [`TAG`].

/// The attribute whose values are tags that belong to no other.
pub const TAG: &str = "tag";

/// Separates the parts of a key. No text of a product has it: it is a control character.
const SEPARATOR: char = '\u{1f}';

const CATEGORY: &str = "category";
const ATTRIBUTE: &str = "attribute";

/// A key, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum FacetKey<'key> {
    /// A category, by its path.
    Category(&'key str),
    /// A value of an attribute.
    Attribute { name: &'key str, value: &'key str },
}

impl<'key> FacetKey<'key> {
    pub(super) fn parse(key: &'key str) -> Option<Self> {
        let (kind, rest) = key.split_once(SEPARATOR)?;
        match kind {
            CATEGORY => Some(Self::Category(rest)),
            ATTRIBUTE => {
                let (name, value) = rest.split_once(SEPARATOR)?;
                Some(Self::Attribute { name, value })
            }
            _ => None,
        }
    }
}

/// The key of a category, if the path has any step.
pub(super) fn category(path: &str) -> Option<String> {
    categories(path).last()
}

/// The keys of a category and of all above it, the highest first. Empty steps do not count.
pub(super) fn categories(path: &str) -> impl Iterator<Item = String> {
    let mut key = CATEGORY.to_owned();
    let mut separator = SEPARATOR;
    let steps: Vec<String> = path
        .split('/')
        .map(str::trim)
        .filter(|step| !step.is_empty())
        .map(str::to_owned)
        .collect();
    steps.into_iter().map(move |step| {
        key.push(separator);
        key.push_str(&step);
        separator = '/';
        key.clone()
    })
}

/// The key of a value of an attribute.
pub(super) fn attribute(name: &str, value: &str) -> String {
    format!("{ATTRIBUTE}{SEPARATOR}{name}{SEPARATOR}{value}")
}

/// The key of a tag.
pub(super) fn tag(tag: &str) -> String {
    match tag
        .split_once(':')
        .map(|(name, value)| (name.trim(), value.trim_start_matches(':').trim()))
    {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => attribute(name, value),
        _ => attribute(TAG, tag.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_stands_below_those_above_it() {
        let keys: Vec<String> = categories(" audio //headphones/").collect();
        let parsed: Vec<_> = keys.iter().map(|key| FacetKey::parse(key)).collect();
        let expected = ["audio", "audio/headphones"].map(|path| Some(FacetKey::Category(path)));
        assert_eq!(parsed, expected);
        assert_eq!(category("audio/headphones").as_ref(), keys.last());
        assert_eq!(category(" / "), None);
    }

    #[test]
    fn a_tag_with_a_colon_is_an_attribute() {
        for (text, name, value) in [
            ("colour: blue", "colour", "blue"),
            ("role::program", "role", "program"),
            ("sale", TAG, "sale"),
            ("time:12:30", "time", "12:30"),
            ("odd:", TAG, "odd:"),
            (":odd", TAG, ":odd"),
        ] {
            assert_eq!(
                FacetKey::parse(&tag(text)),
                Some(FacetKey::Attribute { name, value })
            );
        }
    }
}
