//! The products of the demo shop, as commands that the domain accepts.

use domain::{
    product::{Image, ProductDraft, Variant},
    value::{Currency, InvalidValue, Money, ProductId, Sku, Slug},
};

use super::{
    catalogue::{Category, Model, categories},
    random::Random,
};

/// What a dollar price is of a euro price, in percent.
const DOLLARS_PERCENT: i64 = 115;

/// A product and its prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ProductPlan {
    pub(super) id: ProductId,
    pub(super) draft: ProductDraft,
    pub(super) prices: Vec<Price>,
}

/// The price of a variant, or of all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Price {
    pub(super) sku: Option<Sku>,
    pub(super) price: Money,
}

/// The dollar of the United States.
pub(super) fn usd() -> Result<Currency, InvalidValue> {
    "USD".parse()
}

/// A value that is made of a text, checked by its rules.
pub(super) fn text<T: TryFrom<String, Error = InvalidValue>>(text: &str) -> Result<T, InvalidValue> {
    text.to_owned().try_into()
}

/// So many products, spread evenly over all categories.
///
/// They are fewer if the vocabulary has no more names.
///
/// # Errors
///
/// When the vocabulary breaks a rule of the domain.
pub(super) fn products(seed: u64, count: usize) -> Result<Vec<ProductPlan>, InvalidValue> {
    let categories = categories();
    let places = (0..count).map(|index| (index, categories[index % categories.len()]));
    places
        .filter_map(|(index, category)| {
            let number = index / categories.len();
            let model = category.model(seed, number)?;
            Some(product(seed, index, number, category, &model))
        })
        .collect()
}

fn product(
    seed: u64,
    index: usize,
    number: usize,
    category: &Category,
    model: &Model,
) -> Result<ProductPlan, InvalidValue> {
    let mut random = Random::new(seed, "product", index);
    let slug = slug(&model.name)?;
    let base = format!("{}-{:04}", category.code, number + 1);
    let choices: Vec<(Option<&str>, i64)> = match model.choices.as_slice() {
        [] => vec![(None, 0)],
        choices => choices
            .iter()
            .map(|(name, surcharge)| (Some(*name), *surcharge))
            .collect(),
    };
    let same_price = choices.iter().all(|(_, surcharge)| *surcharge == 0);
    let (mut variants, mut prices) = (Vec::new(), Vec::new());
    for (name, surcharge) in choices {
        let sku: Sku = name
            .map_or(base.clone(), |name| format!("{base}-{}", suffix(name)))
            .parse()?;
        variants.push(Variant {
            sku: sku.clone(),
            name: name.map(text).transpose()?,
        });
        if !same_price {
            prices.extend(both_currencies(
                Some(&sku),
                with_surcharge(model.price_cents, surcharge),
            )?);
        }
    }
    if same_price {
        prices = both_currencies(None, model.price_cents)?;
    }
    let mut categories = vec![text(category.path)?];
    // Some things are also shown one level up, among the highlights of their department.
    if let Some(parent) = category.parent().filter(|_| random.chance(8)) {
        categories.push(text(parent)?);
    }
    let draft = ProductDraft {
        name: text(&model.name)?,
        images: images(&mut random, category, &slug, &model.name)?,
        slug,
        description: Some(text(&model.description)?),
        categories,
        tags: model.tags.iter().map(|tag| text(tag)).collect::<Result<_, _>>()?,
        variants,
        tax_rate_bp: category.tax_rate_bp(),
    };
    Ok(ProductPlan {
        id: ProductId::new(random.id(index)),
        draft,
        prices,
    })
}

fn images(
    random: &mut Random,
    category: &Category,
    slug: &Slug,
    name: &str,
) -> Result<Vec<Image>, InvalidValue> {
    let views = ["seen from the front", "in use", "a detail of it"];
    let count = 1 + random.below(views.len());
    let image = |(index, view): (usize, &&str)| {
        let url = format!(
            "https://images.example.com/{}/{slug}-{}.jpg",
            category.path,
            index + 1
        );
        Ok(Image {
            url: text(&url)?,
            alt: Some(text(&format!("{name}, {view}"))?),
        })
    };
    views.iter().take(count).enumerate().map(image).collect()
}

/// Rounded to whole tens and then one cent less, as prices are.
fn with_surcharge(cents: i64, percent: i64) -> i64 {
    match percent {
        0 => cents,
        _ => (cents * (100 + percent) / 100 + 5) / 10 * 10 - 1,
    }
}

fn both_currencies(sku: Option<&Sku>, cents: i64) -> Result<Vec<Price>, InvalidValue> {
    let price = |cents, currency| {
        Ok(Price {
            sku: sku.cloned(),
            price: Money::positive(cents, currency)?,
        })
    };
    let dollars = (cents * DOLLARS_PERCENT / 100 + 50) / 100 * 100 - 1;
    Ok(vec![price(cents, Currency::EUR)?, price(dollars, usd()?)?])
}

/// The readable part of an address: small letters, digits, and single dashes between them.
fn slug(name: &str) -> Result<Slug, InvalidValue> {
    let plain: String = name
        .to_lowercase()
        .chars()
        .filter(|letter| *letter != '\'')
        .map(without_mark)
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join("-").try_into()
}

/// The end of a SKU.
fn suffix(name: &str) -> String {
    let allowed = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '.';
    name.to_uppercase().chars().filter(allowed).collect()
}

/// The letter below the mark, and a space for everything that is no letter and no digit.
fn without_mark(letter: char) -> char {
    match letter {
        'a'..='z' | '0'..='9' => letter,
        'ä' | 'à' | 'á' | 'â' | 'å' => 'a',
        'é' | 'è' | 'ê' => 'e',
        'í' => 'i',
        'ö' | 'ó' | 'ø' => 'o',
        'ü' | 'ú' => 'u',
        'ç' => 'c',
        _ => ' ',
    }
}
