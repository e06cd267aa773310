//! Where a product has the words that were searched for.

use std::{cmp::Reverse, collections::HashSet};

use tantivy::tokenizer::TextAnalyzer;

use super::{letters, tokenizer};

/// About how long an excerpt of a description is, in bytes.
const EXCERPT: usize = 220;

/// How much of an excerpt may stand before its first word that was searched for, in bytes.
const BEFORE: usize = 60;

/// What stands where something was left out.
const ELLIPSIS: &str = "…";

/// Where a product has the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlights {
    /// The whole name.
    pub name: Highlight,
    /// The part of the description that has most of the words, or its beginning.
    pub description: Option<Highlight>,
}

/// A text in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Highlight {
    /// All parts, in order.
    pub parts: Vec<HighlightPart>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HighlightPart {
    /// As it stands in the product.
    pub text: String,
    /// Whether it is one of the words.
    pub is_match: bool,
}

impl Highlight {
    /// The text as HTML, with the words in `<mark>`. Everything that comes from the product is escaped, so
    /// it may be put into a page as it is.
    pub fn html(&self) -> String {
        let mut html = String::new();
        for part in &self.parts {
            let text = escaped(&part.text);
            if part.is_match {
                html.push_str("<mark>");
                html.push_str(&text);
                html.push_str("</mark>");
            } else {
                html.push_str(&text);
            }
        }
        html
    }

    fn push(&mut self, text: &str, is_match: bool) {
        if !text.is_empty() {
            self.parts.push(HighlightPart {
                text: text.to_owned(),
                is_match,
            });
        }
    }
}

/// Finds the words in texts.
pub(super) struct Highlighter {
    pub(super) stems: HashSet<String>,
    /// Beginnings of words.
    pub(super) beginnings: Vec<String>,
    /// Letters in a row, in scripts that put no spaces between words.
    pub(super) runs: Vec<String>,
    analyzer: TextAnalyzer,
}

/// A word of a text, from byte to byte.
struct Place {
    begin: usize,
    end: usize,
    stem: Option<String>,
}

impl Highlighter {
    /// Finds nothing yet; `analyzer` makes stems.
    pub(super) fn new(analyzer: TextAnalyzer) -> Self {
        Self {
            stems: HashSet::new(),
            beginnings: Vec::new(),
            runs: Vec::new(),
            analyzer,
        }
    }

    /// A whole text.
    pub(super) fn whole(&mut self, text: &str) -> Highlight {
        let places = self.places(text);
        highlight(text, &places, 0, text.len())
    }

    /// The part of a text that has most of the words.
    pub(super) fn excerpt(&mut self, text: &str) -> Highlight {
        if text.len() <= EXCERPT {
            return self.whole(text);
        }
        let places = self.places(text);
        let (begin, end) = best_part(&places, text.len());
        let mut highlight = highlight(text, &places, begin, end);
        if begin > 0 {
            let ellipsis = HighlightPart {
                text: ELLIPSIS.to_owned(),
                is_match: false,
            };
            highlight.parts.insert(0, ellipsis);
        }
        if end < text.len() {
            highlight.push(ELLIPSIS, false);
        }
        highlight
    }

    /// All words of a text; those that were searched for with their stems.
    fn places(&mut self, text: &str) -> Vec<Place> {
        let mut stream = self.analyzer.token_stream(text);
        let mut places = Vec::new();
        while stream.advance() {
            let token = stream.token();
            let (begin, end) = (token.offset_from, token.offset_to);
            let is_match = self.stems.contains(&token.text) || {
                !self.beginnings.is_empty() && {
                    let word = letters::plain(&tokenizer::small(text.get(begin..end).unwrap_or_default()));
                    self.beginnings
                        .iter()
                        .any(|beginning| word.starts_with(beginning))
                }
            };
            places.push(Place {
                begin,
                end,
                stem: is_match.then(|| token.text.clone()),
            });
        }
        for run in &self.runs {
            places.extend(text.match_indices(run).map(|(begin, run)| Place {
                begin,
                end: begin + run.len(),
                stem: Some(run.to_owned()),
            }));
        }
        if !self.runs.is_empty() {
            places.sort_by_key(|place| place.begin);
        }
        places
    }
}

/// From the beginning of a word to the end of another, so that most different words are between.
fn best_part(places: &[Place], length: usize) -> (usize, usize) {
    let matching = || {
        places
            .iter()
            .enumerate()
            .filter(|(_, place)| place.stem.is_some())
    };
    let different = |begin: usize| {
        let within = places
            .iter()
            .filter(|place| place.begin >= begin && place.end <= begin + EXCERPT - BEFORE);
        within
            .filter_map(|place| place.stem.as_ref())
            .collect::<HashSet<_>>()
            .len()
    };
    // The first of the best; a text may have the words very often, so only the first some are looked at.
    let best = matching()
        .take(50)
        .min_by_key(|(_, place)| Reverse(different(place.begin)));
    let first_match = best.map_or(0, |(index, _)| index);
    let wanted = places
        .get(first_match)
        .map_or(0, |place| place.begin.saturating_sub(BEFORE));
    let begin = places
        .iter()
        .find(|place| place.begin >= wanted)
        .map_or(0, |place| place.begin);
    // What stands before the first word, such as a quotation mark, belongs to the beginning.
    let begin = if places.first().is_some_and(|first| first.begin >= begin) {
        0
    } else {
        begin
    };
    let end = places
        .iter()
        .take_while(|place| place.end <= begin + EXCERPT)
        .last()
        .map_or(begin, |place| place.end);
    let is_all = places.last().is_some_and(|last| last.end == end);
    (begin, if is_all { length } else { end })
}

fn highlight(text: &str, places: &[Place], begin: usize, end: usize) -> Highlight {
    let mut highlight = Highlight::default();
    let mut done = begin;
    for place in places.iter().filter(|place| place.stem.is_some()) {
        if place.begin < done || place.end > end {
            continue;
        }
        highlight.push(text.get(done..place.begin).unwrap_or_default(), false);
        highlight.push(text.get(place.begin..place.end).unwrap_or_default(), true);
        done = place.end;
    }
    highlight.push(text.get(done..end).unwrap_or_default(), false);
    highlight
}

/// A text as it may stand in HTML, between tags and in attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::{analysis, language::SearchLanguages};

    fn highlighter(words: &str) -> Highlighter {
        let mut analyzer = analysis::stems(&SearchLanguages::default());
        let stems = analysis::tokens(&mut analyzer, words, usize::MAX);
        let mut highlighter = Highlighter::new(analyzer);
        highlighter.stems.extend(stems);
        highlighter
    }

    #[test]
    fn words_are_marked_in_every_form() {
        let html = |words, text| highlighter(words).whole(text).html();
        assert_eq!(
            html("run shoe", "Running shoes"),
            "<mark>Running</mark> <mark>shoes</mark>"
        );
        assert_eq!(html("чайник", "Два чайника"), "Два <mark>чайника</mark>");
        assert_eq!(html("lamp", "Teapot"), "Teapot");
    }

    #[test]
    fn what_a_product_says_is_never_markup() {
        let html = highlighter("script")
            .whole("<script>alert('&\"')</script>")
            .html();
        let expected = "&lt;<mark>script</mark>&gt;alert(&#39;&amp;&quot;&#39;)&lt;/<mark>script</mark>&gt;";
        assert_eq!(html, expected);
    }

    #[test]
    fn an_excerpt_is_where_most_words_are() {
        let text = format!(
            "A teapot. {}A blue teapot for “tea”. {}",
            "Nothing to say. ".repeat(40),
            "The end. ".repeat(40)
        );
        let excerpt = highlighter("blue teapots").excerpt(&text);
        let html = excerpt.html();
        assert!(
            html.contains("A <mark>blue</mark> <mark>teapot</mark> for “tea”. "),
            "{html}"
        );
        assert!(html.starts_with('…') && html.ends_with('…'), "{html}");
        let none = highlighter("lamp").excerpt(&text).html();
        assert!(
            none.starts_with("A teapot. Nothing") && none.ends_with('…'),
            "{none}"
        );
    }

    proptest! {
        #[test]
        fn the_parts_are_the_text_and_the_html_is_safe(text in "[a-c <>&\"'’ёü\n]{0,400}", words in "[a-c ]{0,8}") {
            let mut highlighter = highlighter(&words);
            let join = |highlight: &Highlight| highlight.parts.iter().map(|part| part.text.as_str()).collect::<String>();
            prop_assert_eq!(join(&highlighter.whole(&text)), text.as_str());
            let excerpt = highlighter.excerpt(&text);
            prop_assert!(text.contains(join(&excerpt).trim_matches('…')));
            let html = excerpt.html().replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!html.contains(['<', '>', '"', '\'']), "{}", html);
        }
    }
}
