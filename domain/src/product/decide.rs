//! Command in, events or a refusal out.

use std::collections::BTreeSet;

use super::{
    ListedProduct, MAX_CATEGORIES, MAX_FIRST_PRICES, MAX_TAGS, MAX_TAX_RATE_BP, MAX_VARIANTS, Product,
    ProductChange, ProductCommand, ProductDraft, ProductError, ProductEvent,
};
use crate::{
    Decide,
    value::{Money, Sku},
};

type Decision = Result<Vec<ProductEvent>, ProductError>;

impl Decide for Product {
    fn decide(&self, command: ProductCommand) -> Decision {
        match command {
            ProductCommand::Create(draft) => match self {
                Self::Unlisted => create(draft),
                Self::Listed(_) => Err(ProductError::AlreadyListed),
            },
            ProductCommand::CreatePriced { draft, prices } => match self {
                Self::Unlisted => create_priced(draft, &prices),
                Self::Listed(_) => Err(ProductError::AlreadyListed),
            },
            ProductCommand::Update(change) => {
                self.listed()?;
                update(change)
            }
            ProductCommand::SetPrice { sku, price } => self.listed()?.set_price(sku, price),
        }
    }
}

impl Product {
    /// The product, if it was listed.
    ///
    /// # Errors
    ///
    /// [`ProductError::Unknown`] when nobody listed it.
    pub fn listed(&self) -> Result<&ListedProduct, ProductError> {
        match self {
            Self::Listed(product) => Ok(product),
            Self::Unlisted => Err(ProductError::Unknown),
        }
    }
}

fn create(draft: ProductDraft) -> Decision {
    if !(1..=MAX_VARIANTS).contains(&draft.variants.len()) {
        return Err(ProductError::VariantCount);
    }
    // Two SKUs that differ by case alone are one to people, and to labels that know capitals only.
    let mut seen = BTreeSet::new();
    if let Some(twice) = draft
        .variants
        .iter()
        .find(|variant| !seen.insert(variant.sku.folded()))
    {
        return Err(ProductError::SkuTwice(twice.sku.clone()));
    }
    if let Some(variant) = draft
        .variants
        .iter()
        .find(|variant| !variant.sku.is_addressable())
    {
        return Err(ProductError::SkuNotAddressable(variant.sku.clone()));
    }
    if draft.tax_rate_bp > MAX_TAX_RATE_BP {
        return Err(ProductError::TaxRate);
    }
    bounded(draft.categories.len(), draft.tags.len(), draft.images.len())?;
    let ProductDraft {
        name,
        slug,
        description,
        categories,
        tags,
        images,
        variants,
        tax_rate_bp,
    } = draft;
    Ok(vec![ProductEvent::Created {
        name,
        slug,
        description,
        categories,
        tags,
        images,
        variants,
        tax_rate_bp,
    }])
}

/// The product and a price of each variant in each currency.
fn create_priced(draft: ProductDraft, prices: &[Money]) -> Decision {
    if prices.len() > MAX_FIRST_PRICES {
        return Err(ProductError::TooManyPrices);
    }
    if prices.iter().any(|price| price.amount <= 0) {
        return Err(ProductError::PriceNotPositive);
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = prices.iter().find(|price| !seen.insert(price.currency)) {
        return Err(ProductError::CurrencyTwice(twice.currency));
    }
    let skus: Vec<Sku> = draft.variants.iter().map(|variant| variant.sku.clone()).collect();
    let mut events = create(draft)?;
    events.extend(prices.iter().flat_map(|price| {
        let set = |sku: &Sku| ProductEvent::PriceSet {
            sku: sku.clone(),
            price: *price,
        };
        skus.iter().map(set).collect::<Vec<_>>()
    }));
    Ok(events)
}

fn update(change: ProductChange) -> Decision {
    if change == ProductChange::default() {
        return Err(ProductError::NothingToChange);
    }
    let count = |list: Option<usize>| list.unwrap_or_default();
    bounded(
        count(change.categories.as_ref().map(Vec::len)),
        count(change.tags.as_ref().map(Vec::len)),
        count(change.images.as_ref().map(Vec::len)),
    )?;
    Ok(vec![ProductEvent::Updated(change)])
}

fn bounded(categories: usize, tags: usize, images: usize) -> Result<(), ProductError> {
    if categories > MAX_CATEGORIES {
        return Err(ProductError::TooManyCategories);
    }
    if tags > MAX_TAGS {
        return Err(ProductError::TooManyTags);
    }
    if images > MAX_TAGS {
        return Err(ProductError::TooManyImages);
    }
    Ok(())
}

impl ListedProduct {
    /// One event for each variant whose price really changes.
    fn set_price(&self, sku: Option<Sku>, price: Money) -> Decision {
        if price.amount <= 0 {
            return Err(ProductError::PriceNotPositive);
        }
        let skus = match sku {
            None => self.variants.iter().map(|variant| variant.sku.clone()).collect(),
            Some(sku) if self.variants.iter().any(|variant| variant.sku == sku) => vec![sku],
            Some(sku) => return Err(ProductError::NoSuchVariant(sku)),
        };
        let changes = |sku: &Sku| self.find_price(sku, price.currency) != Some(price);
        Ok(skus
            .into_iter()
            .filter(changes)
            .map(|sku| ProductEvent::PriceSet { sku, price })
            .collect())
    }
}
