//! One row of an import: a product and its prices.

use std::collections::BTreeSet;

use domain::{
    product::ProductDraft,
    value::{Currency, Money},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::create::{ImageBody, ProductBody, VariantBody};
use crate::{
    refused::FieldError,
    request::{Check, Digest, MoneyBody, Valid, check_card_numbers, digest},
};

/// A row, as far as it could be read.
pub struct ImportRow {
    /// Its line in the file, counted from 1.
    pub row: u64,
    /// The product, or everything that is wrong with it.
    pub product: Result<ImportedProduct, Vec<FieldError>>,
}

/// A product with its prices.
#[derive(Debug, Clone)]
pub struct ImportedProduct {
    /// The product.
    pub(super) draft: ProductDraft,
    /// The price of all its variants in each currency.
    pub(super) prices: Vec<Money>,
    /// What sets this row apart from every other one: of the row in the form in which it is stored, and of
    /// the row as it was written if that differs, by which rows of earlier versions are known.
    pub(super) digests: Vec<Digest>,
}

/// A product with its prices, as in `POST /v1/products` and `POST /v1/products/{id}/prices`.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedProduct)]
pub(crate) struct RowBody {
    /// The name, at most 300 characters.
    pub(super) name: String,
    /// The readable part of its address, unique in the shop.
    pub(super) slug: String,
    /// What it is, in some paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// Paths in the category tree.
    #[serde(default)]
    pub(super) categories: Vec<String>,
    /// Words by which it is found.
    #[serde(default)]
    pub(super) tags: Vec<String>,
    /// Pictures.
    #[serde(default)]
    pub(super) images: Vec<ImageBody>,
    /// What can be bought.
    pub(super) variants: Vec<VariantBody>,
    /// The tax contained in its prices, in basis points.
    pub(super) tax_rate_bp: i64,
    /// The price of all variants, at most one for each currency.
    #[serde(default)]
    pub(super) prices: Vec<MoneyBody>,
}

impl ImportRow {
    /// A row of the right shape, but for faults that were found while it was read.
    pub(super) fn read(row: u64, body: RowBody, mut faults: Vec<FieldError>) -> Self {
        let product = match Check::run::<ImportedProduct>(body) {
            Ok(product) if faults.is_empty() => Ok(product),
            Ok(_) => Err(faults),
            Err(refused) => {
                let named = |error: &FieldError| faults.iter().any(|fault| fault.field == error.field);
                let others: Vec<_> = refused.errors.into_iter().filter(|error| !named(error)).collect();
                faults.extend(others);
                Err(faults)
            }
        };
        Self { row, product }
    }

    /// A row of another shape.
    pub(super) fn malformed(row: u64, faults: Vec<FieldError>) -> Self {
        Self {
            row,
            product: Err(faults),
        }
    }
}

/// A field that cannot be read; without a name it is the whole row.
pub(super) fn malformed(field: &str, rule: &str) -> FieldError {
    FieldError {
        field: field.to_owned(),
        code: "malformed_row",
        rule: rule.to_owned(),
    }
}

impl Valid for ImportedProduct {
    type Raw = RowBody;
    fn check(raw: RowBody, check: &mut Check) -> Option<Self> {
        let written = content_digest(&raw, check);
        let prices = check.within("prices", |check| prices(raw.prices, check));
        let product = ProductBody {
            name: raw.name,
            slug: raw.slug,
            description: raw.description,
            categories: raw.categories,
            tags: raw.tags,
            images: raw.images,
            variants: raw.variants,
            tax_rate_bp: raw.tax_rate_bp,
        };
        let draft = ProductDraft::check(product, check);
        let (draft, prices) = (draft?, prices?);
        let stored = serde_json::to_vec(&RowBody::of(&draft, &prices)).ok()?;
        let mut digests = vec![digest(&[&stored]), written?];
        digests.dedup();
        Some(Self {
            draft,
            prices,
            digests,
        })
    }
}

impl RowBody {
    /// The row that a product and its prices would be exported as.
    fn of(draft: &ProductDraft, prices: &[Money]) -> Self {
        Self {
            name: draft.name.to_string(),
            slug: draft.slug.to_string(),
            description: draft.description.as_ref().map(ToString::to_string),
            categories: draft.categories.iter().map(ToString::to_string).collect(),
            tags: draft.tags.iter().map(ToString::to_string).collect(),
            images: draft.images.iter().map(ImageBody::of).collect(),
            variants: draft.variants.iter().map(VariantBody::of).collect(),
            tax_rate_bp: draft.tax_rate_bp.into(),
            prices: prices.iter().copied().map(MoneyBody::of).collect(),
        }
    }
}

/// Of the fields in their order and not of the bytes: the same row in CSV and in NDJSON is the same row.
fn content_digest(raw: &RowBody, check: &mut Check) -> Option<Digest> {
    let text = serde_json::to_vec(raw).ok()?;
    check_card_numbers(&text, check);
    Some(digest(&[&text]))
}

fn prices(raw: Vec<MoneyBody>, check: &mut Check) -> Option<Vec<Money>> {
    let prices: Vec<Money> = Valid::check(raw, check)?;
    let mut seen: BTreeSet<Currency> = BTreeSet::new();
    if let Some(twice) = prices.iter().find(|price| !seen.insert(price.currency)) {
        check.refuse(
            "currency_twice",
            format!("must have one price in {}", twice.currency),
        );
        return None;
    }
    Some(prices)
}
