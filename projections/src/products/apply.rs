//! Events into rows, in memory.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Event,
    product::{ProductChange, ProductEvent, Variant},
    value::{Money, ProductId, Sku},
};
use serde::Serialize;
use uuid::Uuid;

use crate::recorded::{EventError, Recorded};

/// What a batch of events changes.
#[derive(Debug, Default)]
pub struct ProductsBatch {
    pub(super) created: Vec<ProductRow>,
    pub(super) variants: Vec<VariantRow>,
    pub(super) changed: BTreeMap<ProductId, ChangeRow>,
    pub(super) prices: BTreeMap<(String, String), PriceRow>,
}

/// A new product.
#[derive(Debug)]
pub(super) struct ProductRow {
    pub(super) product_id: Uuid,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) categories: String,
    pub(super) tags: String,
    pub(super) images: String,
    pub(super) tax_rate_bp: i32,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
}

/// A variant of a new product.
#[derive(Debug)]
pub(super) struct VariantRow {
    pub(super) sku: String,
    pub(super) product_id: Uuid,
    pub(super) place: i16,
    pub(super) name: Option<String>,
}

/// What changed: an absent field stays as it is.
#[derive(Debug, Default)]
pub(super) struct ChangeRow {
    pub(super) product_id: Uuid,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) categories: Option<String>,
    pub(super) tags: Option<String>,
    pub(super) images: Option<String>,
    pub(super) active: Option<bool>,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
}

/// Today's price.
#[derive(Debug)]
pub(super) struct PriceRow {
    pub(super) sku: String,
    pub(super) currency: String,
    pub(super) amount: i64,
    pub(super) at: DateTime<Utc>,
    pub(super) position: i64,
}

impl ProductsBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        let Event::Product(event) = &recorded.event else {
            return Ok(());
        };
        let id: ProductId = recorded.id()?;
        match event {
            ProductEvent::Created { variants, .. } => {
                self.created.push(created(id, event, recorded)?);
                self.variants.extend(
                    variants
                        .iter()
                        .zip(1..)
                        .map(|(variant, place)| row(id, place, variant)),
                );
            }
            ProductEvent::Updated(change) => self.update(id, change, recorded)?,
            ProductEvent::PriceSet { sku, price } => self.set_price(id, sku, *price, recorded),
        }
        Ok(())
    }

    fn update(
        &mut self,
        id: ProductId,
        change: &ProductChange,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        let row = self.touch(id, recorded);
        let ProductChange {
            name,
            description,
            categories,
            tags,
            images,
            active,
        } = change;
        replace(&mut row.name, name.as_ref().map(ToString::to_string));
        replace(
            &mut row.description,
            description.as_ref().map(ToString::to_string),
        );
        replace(
            &mut row.categories,
            categories.as_ref().map(|list| json(list, recorded)).transpose()?,
        );
        replace(
            &mut row.tags,
            tags.as_ref().map(|list| json(list, recorded)).transpose()?,
        );
        replace(
            &mut row.images,
            images.as_ref().map(|list| json(list, recorded)).transpose()?,
        );
        replace(&mut row.active, *active);
        Ok(())
    }

    fn set_price(&mut self, id: ProductId, sku: &Sku, price: Money, recorded: &Recorded) {
        self.touch(id, recorded);
        let key = (sku.to_string(), price.currency.to_string());
        self.prices.insert(
            key.clone(),
            PriceRow {
                sku: key.0,
                currency: key.1,
                amount: price.amount,
                at: recorded.envelope.recorded_at,
                position: recorded.envelope.position,
            },
        );
    }

    fn touch(&mut self, id: ProductId, recorded: &Recorded) -> &mut ChangeRow {
        let row = self.changed.entry(id).or_default();
        row.product_id = id.uuid();
        row.at = recorded.envelope.recorded_at;
        row.position = recorded.envelope.position;
        row
    }
}

fn created(id: ProductId, event: &ProductEvent, recorded: &Recorded) -> Result<ProductRow, EventError> {
    let ProductEvent::Created {
        name,
        slug,
        description,
        categories,
        tags,
        images,
        tax_rate_bp,
        ..
    } = event
    else {
        return Err(recorded.refuse("only a created product has these fields"));
    };
    Ok(ProductRow {
        product_id: id.uuid(),
        slug: slug.to_string(),
        name: name.to_string(),
        description: description.as_ref().map(ToString::to_string),
        categories: json(categories, recorded)?,
        tags: json(tags, recorded)?,
        images: json(images, recorded)?,
        tax_rate_bp: i32::from(*tax_rate_bp),
        at: recorded.envelope.recorded_at,
        position: recorded.envelope.position,
    })
}

fn row(id: ProductId, place: i16, variant: &Variant) -> VariantRow {
    VariantRow {
        sku: variant.sku.to_string(),
        product_id: id.uuid(),
        place,
        name: variant.name.as_ref().map(ToString::to_string),
    }
}

fn replace<T>(field: &mut Option<T>, change: Option<T>) {
    if change.is_some() {
        *field = change;
    }
}

fn json<T: Serialize + ?Sized>(value: &T, recorded: &Recorded) -> Result<String, EventError> {
    serde_json::to_string(value).map_err(|error| recorded.refuse(error))
}
