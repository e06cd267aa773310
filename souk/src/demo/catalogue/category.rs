//! The words that the products of one leaf of the category tree are made of.

/// The general rate of tax, in basis points.
pub(super) const GENERAL: u16 = 1_900;
/// The reduced rate, for food and books.
pub(super) const REDUCED: u16 = 700;

/// One leaf of the category tree, and the words for what is sold there.
pub(in crate::demo) struct Category {
    /// The path in the tree.
    pub(in crate::demo) path: &'static str,
    /// How the SKUs begin; no other category has the same.
    pub(in crate::demo) code: &'static str,
    /// Who makes it.
    pub(super) brands: &'static [&'static str],
    /// Names of models in two halves; each pair of them is one name.
    pub(super) series: (&'static [&'static str], &'static [&'static str]),
    /// What it is: as a part of the name, and with its article within a sentence.
    pub(super) nouns: &'static [(&'static str, &'static str)],
    /// What it is made of.
    pub(super) materials: &'static [&'static str],
    /// What it does, after the word "it".
    pub(super) features: &'static [&'static str],
    /// What it is good for, after the word "for".
    pub(super) uses: &'static [&'static str],
    /// Sentences that are true of all of its kind.
    pub(super) notes: &'static [&'static str],
    /// Words by which it is found.
    pub(super) tags: &'static [&'static str],
    /// The lowest and the highest price, in whole euros.
    pub(super) price_eur: (i64, i64),
    /// The tax in its prices.
    pub(super) tax_rate_bp: u16,
    /// What a customer can choose between.
    pub(super) choice: Choice,
    /// How names and descriptions are built.
    pub(super) wording: &'static Wording,
}

/// What a customer can choose between.
pub(super) struct Choice {
    /// In the order in which they are shown; none if there is nothing to choose.
    pub(super) values: &'static [&'static str],
    /// By how much each costs more than the one before it.
    pub(super) step_percent: i64,
}

/// How names and descriptions are built, with words in braces to be filled in.
pub(super) struct Wording {
    pub(super) name: &'static str,
    pub(super) openings: &'static [&'static str],
    pub(super) features: &'static [&'static str],
}

/// There is nothing to choose.
pub(super) const SINGLE: Choice = Choice {
    values: &[],
    step_percent: 0,
};
/// Clothes.
pub(super) const SIZES: Choice = Choice {
    values: &["XS", "S", "M", "L", "XL"],
    step_percent: 0,
};
/// Shoes.
pub(super) const SHOE_SIZES: Choice = Choice {
    values: &["38", "39", "40", "41", "42", "43", "44"],
    step_percent: 0,
};
/// What comes in colours that are always the same.
pub(super) const COLOURS: Choice = Choice {
    values: &["Black", "Sand", "Forest Green", "Slate Blue", "Brick Red"],
    step_percent: 0,
};

/// Things that are made of something.
pub(super) const GOODS: Wording = Wording {
    name: "{brand} {series} {noun}",
    openings: &[
        "The {brand} {series} is {phrase} made of {material}, meant for {use}.",
        "With the {series}, {brand} offers {phrase} for {use}, made of {material}.",
        "{brand} makes the {series} of {material}: {phrase} for {use}.",
        "Made of {material}, the {series} is {phrase} that {brand} designed for {use}.",
    ],
    features: &[
        "It {first} and {second}.",
        "It {first}. What is more, it {second}.",
        "It {first}, and it {second}.",
    ],
};

/// Things to eat and drink.
pub(super) const FOOD: Wording = Wording {
    name: "{brand} {series} {noun}",
    openings: &[
        "{series} by {brand} is {phrase} from {material}, just right for {use}.",
        "{brand} makes {series} from {material}: {phrase} for {use}.",
        "For {use} there is {series}, {phrase} that {brand} makes from {material}.",
    ],
    features: &[
        "It {first} and {second}.",
        "It {first}. What is more, it {second}.",
    ],
};

/// Books, whose series are their titles.
pub(super) const BOOKS: Wording = Wording {
    name: "{series}, {noun} by {brand}",
    openings: &[
        "In “{series}”, {brand} writes of {material}.",
        "“{series}” is {phrase} by {brand} about {material}.",
        "{brand} has written {phrase} about {material}.",
    ],
    features: &[
        "It {first} and {second}: made for {use}.",
        "It {first}. For {use} there is hardly a better companion.",
        "Made for {use}, it {first} and {second}.",
    ],
};
