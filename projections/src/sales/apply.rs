//! Events into rows and differences, in memory.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{
    Event,
    order::{Line, OrderEvent},
    payment::PaymentEvent,
    product::{ProductEvent, category_key},
    value::{OrderId, ProductId},
};
use uuid::Uuid;

use crate::{
    copy::CopyRows,
    recorded::{EventError, Recorded},
};

/// What a batch of events changes.
#[derive(Debug, Default)]
pub struct SalesBatch {
    pub(super) orders: CopyRows,
    pub(super) lines: CopyRows,
    pub(super) paid: Vec<PaidRow>,
    pub(super) refunds: BTreeMap<(NaiveDate, String), RefundRow>,
    pub(super) products: BTreeMap<ProductId, ProductRow>,
}

/// An order that was paid.
#[derive(Debug)]
pub(super) struct PaidRow {
    pub(super) order_id: Uuid,
    pub(super) day: NaiveDate,
}

/// The refunds of a day in a currency.
#[derive(Debug, Default)]
pub(super) struct RefundRow {
    pub(super) day: NaiveDate,
    pub(super) currency: String,
    pub(super) refunds: i64,
    pub(super) refunded: i64,
}

/// What became of a product: an absent field stays as it is.
#[derive(Debug, Default)]
pub(super) struct ProductRow {
    pub(super) product_id: Uuid,
    pub(super) name: Option<String>,
    /// As JSON: arrays of different lengths are no columns of one array.
    pub(super) categories: Option<String>,
}

impl SalesBatch {
    pub(super) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        match &recorded.event {
            Event::Order(event) => self.apply_order(recorded.id()?, event, recorded),
            Event::Product(event) => self.apply_product(recorded.id()?, event, recorded),
            Event::Payment(PaymentEvent::Refunded { amount, .. }) => {
                let day = recorded.envelope.recorded_at.date_naive();
                let key = (day, amount.currency.to_string());
                let row = self.refunds.entry(key.clone()).or_default();
                (row.day, row.currency) = key;
                row.refunds += 1;
                row.refunded = row
                    .refunded
                    .checked_add(amount.amount)
                    .ok_or_else(|| recorded.refuse("the refunds of a day leave 64 bits"))?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn apply_order(
        &mut self,
        order_id: OrderId,
        event: &OrderEvent,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        match event {
            OrderEvent::Placed {
                lines, total, tax, ..
            } => {
                self.orders.push(&[
                    &order_id.uuid(),
                    &total.currency.code(),
                    &total.amount,
                    &tax.amount,
                ]);
                for (line, number) in lines.iter().zip(1_i16..) {
                    self.line(order_id, number, line, recorded)?;
                }
            }
            OrderEvent::Paid {} => self.paid.push(PaidRow {
                order_id: order_id.uuid(),
                day: recorded.envelope.recorded_at.date_naive(),
            }),
            _ => {}
        }
        Ok(())
    }

    fn line(
        &mut self,
        order_id: OrderId,
        number: i16,
        line: &Line,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        let units = i64::from(line.quantity);
        let amount = units
            .checked_mul(line.unit_price.amount)
            .ok_or_else(|| recorded.refuse("the amount of a line leaves 64 bits"))?;
        self.lines.push(&[
            &order_id.uuid(),
            &number,
            &line.product_id.uuid(),
            &units,
            &amount,
        ]);
        Ok(())
    }

    fn apply_product(
        &mut self,
        id: ProductId,
        event: &ProductEvent,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        let (name, categories) = match event {
            ProductEvent::Created { name, categories, .. } => (Some(name), Some(categories)),
            ProductEvent::Updated(change) => (change.name.as_ref(), change.categories.as_ref()),
            _ => (None, None),
        };
        if name.is_none() && categories.is_none() {
            return Ok(());
        }
        let row = self.products.entry(id).or_default();
        row.product_id = id.uuid();
        if let Some(name) = name {
            row.name = Some(name.to_string());
        }
        if let Some(categories) = categories {
            // As they are compared: nobody reads them here.
            let keys = categories.iter().map(|path| category_key(path.as_str()));
            let keys: BTreeSet<String> = keys.filter(|key| !key.is_empty()).collect();
            let json = serde_json::to_string(&keys).map_err(|error| recorded.refuse(error))?;
            row.categories = Some(json);
        }
        Ok(())
    }
}
