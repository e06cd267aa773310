//! Events into rows and differences, in memory.
//!
//! The money of sales is the money of the ledger: what comes to the shop's revenue is sold, and what leaves the
//! revenue or the write-offs is refunded, at the very event by which the books move.

// A new event must be decided on here: `_` would be worth nothing in silence.
#![deny(clippy::wildcard_enum_match_arm)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{
    Event,
    account::{AccountEvent, LedgerAccount},
    ledger::{self, Book},
    order::{Line, OrderEvent},
    product::{ProductEvent, category_key},
    value::{Currency, OrderId, ProductId},
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
    /// The money that orders moved, in its order.
    pub(super) moves: Vec<MoveRow>,
    pub(super) days: BTreeMap<(NaiveDate, Currency), DayRow>,
    pub(super) products: BTreeMap<ProductId, ProductRow>,
}

/// Money of an order that was captured or refunded.
#[derive(Debug)]
pub(super) struct MoveRow {
    pub(super) position: i64,
    pub(super) order_id: Uuid,
    pub(super) day: NaiveDate,
    pub(super) is_refund: bool,
    pub(super) amount: i64,
}

/// The money of a day in a currency.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct DayRow {
    pub(super) orders: i64,
    pub(super) charges: i64,
    pub(super) revenue: i128,
    /// The part of the revenue that charges of subscriptions brought.
    pub(super) charged: i128,
    pub(super) refunds: i64,
    pub(super) refunded: i128,
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
    pub(crate) fn apply(&mut self, recorded: &Recorded) -> Result<(), EventError> {
        match &recorded.event {
            Event::Order(event) => self.apply_order(recorded.id()?, event, recorded),
            Event::Product(event) => self.apply_product(recorded.id()?, event, recorded),
            Event::Payment(event) => self.apply_money(Some(event.order_id()), recorded),
            Event::Account(event) => self.apply_money(order_of(event), recorded),
            Event::Stock(_) | Event::Subscription(_) | Event::Warehouse(_) => Ok(()),
        }
    }

    fn apply_order(
        &mut self,
        order_id: OrderId,
        event: &OrderEvent,
        recorded: &Recorded,
    ) -> Result<(), EventError> {
        let OrderEvent::Placed { lines, total, .. } = event else {
            return Ok(());
        };
        self.orders.push(&[
            &order_id.uuid(),
            &total.currency.code(),
            &recorded.envelope.position,
            &total.amount,
            &0_i128,
            &0_i128,
        ]);
        let mut before = 0;
        for (line, number) in lines.iter().zip(1_i16..) {
            before = self.line(order_id, number, before, line, recorded)?;
        }
        Ok(())
    }

    /// Adds a line, and returns the sum of the lines up to it.
    fn line(
        &mut self,
        order_id: OrderId,
        number: i16,
        before: i64,
        line: &Line,
        recorded: &Recorded,
    ) -> Result<i64, EventError> {
        let too_large = || recorded.refuse("the amount of a line leaves 64 bits");
        let units = i64::from(line.quantity);
        let gross = line
            .unit_price
            .times(line.quantity.units())
            .ok_or_else(too_large)?;
        self.lines.push(&[
            &order_id.uuid(),
            &number,
            &line.product_id.uuid(),
            &units,
            &before,
            &gross.amount,
            &gross.contained_tax(line.tax_rate_bp).amount,
        ]);
        before.checked_add(gross.amount).ok_or_else(too_large)
    }

    /// Counts the legs of a movement that are on the accounts of what the shop earns and loses.
    fn apply_money(&mut self, order_id: Option<OrderId>, recorded: &Recorded) -> Result<(), EventError> {
        let Some(legs) = ledger::entries(&recorded.envelope.aggregate_id, &recorded.event) else {
            return Ok(());
        };
        let day = recorded.envelope.recorded_at.date_naive();
        for leg in legs {
            let Book::Shop(LedgerAccount::Revenue | LedgerAccount::WriteOffs) = leg.book else {
                continue;
            };
            let is_refund = leg.change < 0;
            let amount = leg
                .change
                .checked_abs()
                .ok_or_else(|| recorded.refuse("an amount of money leaves 64 bits"))?;
            let of_order = order_id.filter(|id| !id.is_of_subscription());
            let row = self.days.entry((day, leg.currency)).or_default();
            row.count(is_refund, of_order.is_some(), amount);
            if let Some(order_id) = of_order {
                self.moves.push(MoveRow {
                    position: recorded.envelope.position,
                    order_id: order_id.uuid(),
                    day,
                    is_refund,
                    amount,
                });
            }
        }
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
            ProductEvent::PriceSet { .. } => (None, None),
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

#[cfg(test)]
impl SalesBatch {
    /// Revenue less refunds of all days, by currency.
    pub(crate) fn net(&self) -> BTreeMap<Currency, i128> {
        let mut sums = BTreeMap::new();
        for ((_, currency), row) in &self.days {
            *sums.entry(*currency).or_default() += row.revenue - row.refunded;
        }
        sums.retain(|_, sum| *sum != 0);
        sums
    }
}

impl DayRow {
    fn count(&mut self, is_refund: bool, is_of_order: bool, amount: i64) {
        let amount = i128::from(amount);
        match (is_refund, is_of_order) {
            (true, _) => {
                self.refunds += 1;
                self.refunded += amount;
            }
            (false, true) => {
                self.orders += 1;
                self.revenue += amount;
            }
            (false, false) => {
                self.charges += 1;
                self.revenue += amount;
                self.charged += amount;
            }
        }
    }
}

/// The order that an account's movement was for.
fn order_of(event: &AccountEvent) -> Option<OrderId> {
    match event {
        AccountEvent::FundsHeld { order_id, .. }
        | AccountEvent::HoldRefused { order_id, .. }
        | AccountEvent::HoldCaptured { order_id, .. }
        | AccountEvent::HoldReleased { order_id, .. }
        | AccountEvent::Refunded { order_id, .. } => Some(*order_id),
        AccountEvent::Opened { .. } | AccountEvent::Deposited { .. } | AccountEvent::Withdrawn { .. } => None,
    }
}
