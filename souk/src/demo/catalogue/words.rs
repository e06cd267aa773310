//! From vocabulary to names and descriptions.

use super::category::Category;
use crate::demo::random::Random;

/// One model of a category: a name that no other has, and everything that is said of it.
pub(in crate::demo) struct Model {
    pub(in crate::demo) name: String,
    pub(in crate::demo) description: String,
    pub(in crate::demo) tags: Vec<&'static str>,
    /// The variants with how much more they cost, in percent of the basic price; none for a single one.
    pub(in crate::demo) choices: Vec<(&'static str, i64)>,
    /// The basic price in cents of a euro.
    pub(in crate::demo) price_cents: i64,
}

impl Category {
    /// The tax in the prices of the category, in basis points.
    pub(in crate::demo) const fn tax_rate_bp(&self) -> u16 {
        self.tax_rate_bp
    }

    /// The path of the parent in the tree.
    pub(in crate::demo) fn parent(&self) -> Option<&'static str> {
        self.path.rsplit_once('/').map(|(parent, _)| parent)
    }

    /// Makes up a model, or nothing when the category has no more names.
    ///
    /// The names of a category are the pairs of its series, in an order that the seed decides, first
    /// with one maker and then with the next.
    pub(in crate::demo) fn model(&self, seed: u64, number: usize) -> Option<Model> {
        let (first, second) = self.series;
        let pairs = first
            .iter()
            .flat_map(|first| second.iter().map(move |second| (*first, *second)));
        let mut pairs: Vec<_> = pairs.collect();
        Random::new(seed, self.path, 0).shuffle(&mut pairs);
        let (pair, round) = (number % pairs.len(), number / pairs.len());
        if round >= self.brands.len() {
            return None;
        }
        let brand = self.brands[(pair + round) % self.brands.len()];
        let series = format!("{}{}", pairs[pair].0, pairs[pair].1);
        let random = &mut Random::new(seed, self.code, number);
        let (noun, phrase) = random.pick(self.nouns);
        let words = [
            ("brand", brand),
            ("series", series.as_str()),
            ("noun", noun),
            ("phrase", phrase),
        ];
        Some(Model {
            name: fill(self.wording.name, &words),
            description: self.describe(random, &words),
            tags: self.choose_tags(random),
            choices: self.choose_variants(random),
            price_cents: price(random, self.price_eur),
        })
    }

    /// Two to four sentences.
    fn describe(&self, random: &mut Random, words: &[(&str, &str)]) -> String {
        let (first, second) = random.pick_two(self.features);
        let chosen = [
            ("material", random.pick(self.materials)),
            ("use", random.pick(self.uses)),
            ("first", first),
            ("second", second),
        ];
        let words: Vec<_> = words.iter().copied().chain(chosen).collect();
        let mut sentences = vec![
            fill(random.pick(self.wording.openings), &words),
            fill(random.pick(self.wording.features), &words),
        ];
        if random.chance(60) {
            sentences.push(random.pick(self.notes).to_owned());
        }
        sentences.join(" ")
    }

    fn choose_tags(&self, random: &mut Random) -> Vec<&'static str> {
        let extra = ["new", "bestseller", "sale", "sustainable"];
        let mut tags = self.tags.to_vec();
        if random.chance(25) {
            tags.push(random.pick(&extra));
        }
        tags
    }

    fn choose_variants(&self, random: &mut Random) -> Vec<(&'static str, i64)> {
        let values = self.choice.values;
        if values.len() < 2 || !random.chance(35) {
            return Vec::new();
        }
        let count = 2 + random.below(values.len().min(4) - 1);
        let from = random.below(values.len() - count + 1);
        let surcharges = (0..).map(|step| step * self.choice.step_percent);
        values[from..from + count]
            .iter()
            .copied()
            .zip(surcharges)
            .collect()
    }
}

/// Replaces each word in braces, and makes the first letter of the sentence a capital.
fn fill(template: &str, words: &[(&str, &str)]) -> String {
    let replace = |text: String, (name, word): &(&str, &str)| text.replace(&format!("{{{name}}}"), word);
    let text = words.iter().fold(template.to_owned(), replace);
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// A price that looks like one: cheap things are frequent, and it ends in 90 or 99 cents.
fn price(random: &mut Random, (low, high): (i64, i64)) -> i64 {
    let euros = random.between(low, high).min(random.between(low, high));
    euros * 100 + random.pick(&[-1, -10, 90, 99])
}
