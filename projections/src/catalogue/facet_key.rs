//! What is counted in facets, as one text each: a category or a value of an attribute.
//!
//! A tag such as `colour:blue` says that the product has the attribute `colour` with the value `blue`; a
//! tag without a colon is a value of the attribute [`TAG`].
//!
//! Texts that differ by case or blanks alone are one category and one value. So the text of a facet has two
//! parts: the key that it is counted by, and the text as it was written, for people.

use std::collections::BTreeMap;

use domain::{
    product::{attribute_of, category_key, category_steps},
    value::fold,
};

/// The attribute whose values are tags that belong to no other.
pub const TAG: &str = "tag";

/// Separates the parts of a key. No text of a product has it: it is a control character.
const SEPARATOR: char = '\u{1f}';

const CATEGORY: &str = "category";
const ATTRIBUTE: &str = "attribute";

/// The facet of a product, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facet<'text> {
    /// What it is counted by.
    pub(super) key: &'text str,
    /// The attribute that it is a value of; nothing for a category.
    pub(super) attribute: Option<Attribute<'text>>,
    /// The category or the value, as it was written.
    pub(super) shown: &'text str,
}

/// The name of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribute<'text> {
    /// What it is found by.
    pub(super) name: &'text str,
    /// As it was written.
    pub(super) shown: &'text str,
}

impl<'text> Facet<'text> {
    pub(super) fn parse(text: &'text str) -> Option<Self> {
        let (rest, shown) = text.rsplit_once(SEPARATOR)?;
        if rest.starts_with(CATEGORY) {
            return Some(Self {
                key: rest,
                attribute: None,
                shown,
            });
        }
        let (key, shown_name) = rest.rsplit_once(SEPARATOR)?;
        let name = key.split(SEPARATOR).nth(1)?;
        Some(Self {
            key,
            attribute: Some(Attribute {
                name,
                shown: shown_name,
            }),
            shown,
        })
    }
}

/// The facets of a product, each once: of two that are counted together the first is shown.
pub(super) fn facets<'text>(
    categories: impl Iterator<Item = &'text str>,
    tags: impl Iterator<Item = &'text str>,
) -> impl Iterator<Item = String> {
    let mut facets = BTreeMap::new();
    for (key, shown) in categories.flat_map(with_those_above).chain(tags.filter_map(tag)) {
        facets.entry(key).or_insert(shown);
    }
    facets
        .into_iter()
        .map(|(key, shown)| format!("{key}{SEPARATOR}{shown}"))
}

/// The key of a category, if the path has any step.
pub(super) fn category(path: &str) -> Option<String> {
    let path = category_key(path);
    (!path.is_empty()).then(|| format!("{CATEGORY}{SEPARATOR}{path}"))
}

/// A category and all above it, the highest first: their keys, and their paths as they were written.
fn with_those_above(path: &str) -> Vec<(String, String)> {
    let steps = category_steps(path);
    let shown =
        (1..=steps.len()).map(|count| steps.iter().take(count).cloned().collect::<Vec<_>>().join("/"));
    shown
        .filter_map(|shown| Some((category(&shown)?, shown)))
        .collect()
}

/// The key of a value of an attribute.
pub(super) fn attribute(name: &str, value: &str) -> String {
    format!("{ATTRIBUTE}{SEPARATOR}{}{SEPARATOR}{}", fold(name), fold(value))
}

/// A tag: its key, and the name and the value as they were written. Nothing for one that cannot be seen.
fn tag(tag: &str) -> Option<(String, String)> {
    let (name, value) = attribute_of(tag).unwrap_or_else(|| (TAG.to_owned(), tag.trim().to_owned()));
    let is_seen = !fold(&value).is_empty();
    is_seen.then(|| (attribute(&name, &value), format!("{name}{SEPARATOR}{value}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(categories: &[&str], tags: &[&str]) -> Vec<String> {
        facets(categories.iter().copied(), tags.iter().copied()).collect()
    }

    #[test]
    fn a_category_stands_below_those_above_it() {
        let texts = of(&[" Audio //headphones/"], &[]);
        let parsed: Vec<_> = texts.iter().map(|text| Facet::parse(text).unwrap()).collect();
        assert_eq!(
            parsed.iter().map(|facet| facet.shown).collect::<Vec<_>>(),
            ["Audio", "Audio/headphones"]
        );
        assert!(parsed.iter().all(|facet| facet.attribute.is_none()));
        assert_eq!(
            category("audio/Headphones").as_deref(),
            parsed.last().map(|facet| facet.key)
        );
        assert_eq!(category(" / "), None);
    }

    #[test]
    fn a_tag_with_a_colon_is_an_attribute() {
        for (text, name, value) in [
            ("colour: Blue", "colour", "Blue"),
            ("role::program", "role", "program"),
            ("Sale", TAG, "Sale"),
            ("time:12:30", "time", "12:30"),
            ("odd:", TAG, "odd:"),
            (":odd", TAG, ":odd"),
        ] {
            let texts = of(&[], &[text]);
            let facet = Facet::parse(&texts[0]).unwrap();
            assert_eq!((facet.attribute.unwrap().shown, facet.shown), (name, value));
            assert_eq!(facet.key, attribute(&name.to_uppercase(), &format!(" {value} ")));
            assert_eq!(facet.attribute.unwrap().name, fold(name));
        }
    }

    #[test]
    fn what_differs_by_case_and_blanks_alone_is_one_facet() {
        let texts = of(
            &["/rugs/wool/", "Rugs/Wool"],
            &["size:Large", "size:large", "Size: large "],
        );
        let shown: Vec<&str> = texts
            .iter()
            .map(|text| Facet::parse(text).unwrap().shown)
            .collect();
        assert_eq!(shown, ["Large", "rugs", "rugs/wool"]);
    }
}
