//! Events into rows, in memory.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::{BTreeMap, btree_map::Entry};

use chrono::{DateTime, Utc};
use domain::{
    Event,
    product::{Image, ProductChange, ProductEvent, Variant},
    value::{Money, ProductId, Sku},
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    copy::CopyRows,
    recorded::{EventError, Recorded},
};

/// What a batch of events changes. What becomes of a product within the batch that created it is folded
/// into its own rows. The order of the maps keeps two transactions from waiting for each other's rows in
/// circles.
#[derive(Debug, Default)]
pub struct ProductsBatch {
    pub(super) created: BTreeMap<ProductId, ProductRow>,
    pub(super) variants: CopyRows,
    pub(super) changed: BTreeMap<ProductId, ChangeRow>,
    /// Prices of products that were created in this batch, which so have no older ones.
    pub(super) first_prices: BTreeMap<PriceKey, PriceRow>,
    /// Prices of other products.
    pub(super) prices: BTreeMap<PriceKey, PriceRow>,
}

/// The SKU and the currency of a price.
pub(super) type PriceKey = (String, String);

/// A new product.
#[derive(Debug)]
pub(super) struct ProductRow {
    pub(super) slug: String,
    pub(super) tax_rate_bp: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) created_position: i64,
    /// Everything that can change, as it is at the end of the batch.
    pub(super) now: ChangeRow,
}

/// What a product became: an absent field stays as it is.
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
    pub(super) sequence: i64,
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
                let row = created(id, event, recorded)?;
                match self.created.entry(id) {
                    Entry::Occupied(_) => return Err(recorded.refuse("the product was created before")),
                    Entry::Vacant(entry) => entry.insert(row),
                };
                for (variant, place) in variants.iter().zip(1_i16..) {
                    self.add_variant(id, place, variant);
                }
            }
            ProductEvent::Updated(change) => self.update(id, change, recorded)?,
            ProductEvent::PriceSet { sku, price } => self.set_price(id, sku, *price, recorded),
        }
        Ok(())
    }

    fn add_variant(&mut self, id: ProductId, place: i16, variant: &Variant) {
        let name = variant.name.as_ref().map(ToString::to_string);
        self.variants
            .push(&[&variant.sku.as_str(), &id.uuid(), &place, &name]);
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
            images.as_ref().map(|list| safe(list, recorded)).transpose()?,
        );
        replace(&mut row.active, *active);
        Ok(())
    }

    fn set_price(&mut self, id: ProductId, sku: &Sku, price: Money, recorded: &Recorded) {
        self.touch(id, recorded);
        let key = (sku.to_string(), price.currency.to_string());
        let prices = if self.created.contains_key(&id) {
            &mut self.first_prices
        } else {
            &mut self.prices
        };
        prices.insert(
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
        let row = match self.created.get_mut(&id) {
            Some(created) => &mut created.now,
            None => self.changed.entry(id).or_default(),
        };
        row.product_id = id.uuid();
        row.at = recorded.envelope.recorded_at;
        row.position = recorded.envelope.position;
        row.sequence = recorded.envelope.sequence;
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
    let (at, position) = (recorded.envelope.recorded_at, recorded.envelope.position);
    Ok(ProductRow {
        slug: slug.to_string(),
        tax_rate_bp: i32::from(*tax_rate_bp),
        created_at: at,
        created_position: position,
        now: ChangeRow {
            product_id: id.uuid(),
            name: Some(name.to_string()),
            description: description.as_ref().map(ToString::to_string),
            categories: Some(json(categories, recorded)?),
            tags: Some(json(tags, recorded)?),
            images: Some(safe(images, recorded)?),
            active: Some(true),
            at,
            position,
            sequence: recorded.envelope.sequence,
        },
    })
}

fn replace<T>(field: &mut Option<T>, change: Option<T>) {
    if change.is_some() {
        *field = change;
    }
}

/// The images that a browser may load. Addresses from before there was a rule for them may hold a script.
fn safe(images: &[Image], recorded: &Recorded) -> Result<String, EventError> {
    let safe: Vec<&Image> = images.iter().filter(|image| image.url.is_safe()).collect();
    json(&safe, recorded)
}

fn json<T: Serialize + ?Sized>(value: &T, recorded: &Recorded) -> Result<String, EventError> {
    serde_json::to_string(value).map_err(|error| recorded.refuse(error))
}
