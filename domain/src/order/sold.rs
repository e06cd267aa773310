//! The units of one SKU that an order sold, and what of them came back.

use serde::{Deserialize, Serialize};

use crate::value::{Money, Quantity};

/// What was sold of one SKU, on all lines of the order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sold {
    /// Units and the price of one in minor units, line by line.
    lines: Vec<(u32, i64)>,
    /// Units of returns that wait for their goods.
    #[serde(default)]
    pub(super) awaited: u32,
    /// Units that came back.
    #[serde(default)]
    pub(super) returned: u32,
}

impl Sold {
    pub(super) fn add(&mut self, quantity: Quantity, unit_price: Money) {
        self.lines.push((quantity.units(), unit_price.amount));
    }

    /// The units that were sold.
    pub fn units(&self) -> u32 {
        let units = self.lines.iter().map(|(units, _)| *units);
        units.fold(0, u32::saturating_add)
    }

    /// The units that neither came back nor are about to.
    pub fn returnable(&self) -> u32 {
        self.units()
            .saturating_sub(self.returned)
            .saturating_sub(self.awaited)
    }

    /// Whether all units came back.
    pub(super) fn is_back(&self, more: u32) -> bool {
        self.returned.saturating_add(more) >= self.units()
    }

    /// What was paid for the next units to come back, line by line in the order of the lines.
    pub(super) fn paid_for(&self, earlier: u32, units: u32) -> i64 {
        let from = self.returned.saturating_add(earlier);
        self.paid_for_first(from.saturating_add(units))
            .saturating_sub(self.paid_for_first(from))
    }

    fn paid_for_first(&self, units: u32) -> i64 {
        let mut left = units;
        let mut sum: i64 = 0;
        for (count, price) in &self.lines {
            let taken = left.min(*count);
            left -= taken;
            sum = sum.saturating_add(price.saturating_mul(taken.into()));
        }
        sum
    }
}
