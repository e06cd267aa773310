//! The warehouses of the demo shop, and what lies in them.

use std::collections::BTreeMap;

use domain::value::{InvalidValue, Lot, Quantity, Sku, WarehouseCode};

use super::{
    order::{Offer, OrderPlan},
    product::text,
    random::Random,
};

/// The warehouses.
pub(super) const WAREHOUSES: &[Place] = &[
    Place::new("berlin", "Berlin", "Westhafenstraße 1, 13353 Berlin, DE"),
    Place::new("rotterdam", "Rotterdam", "Waalhaven Z.Z. 19, 3089 Rotterdam, NL"),
    Place::new("lyon", "Lyon", "Quai Rambaud 43, 69002 Lyon, FR"),
    Place::new("gdansk", "Gdańsk", "Marynarki Polskiej 96, 80-557 Gdańsk, PL"),
];
/// What arrived broken of everything that is sold out.
const BROKEN_UNITS: i64 = 3;
/// One SKU in so many is sold out.
const ONE_IN_IS_SOLD_OUT: usize = 40;

/// A warehouse that is opened before anything arrives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) location: &'static str,
}

impl Place {
    const fn new(code: &'static str, name: &'static str, location: &'static str) -> Self {
        Self { code, name, location }
    }
}

/// Goods that arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) sku: Sku,
    pub(super) warehouse: WarehouseCode,
    pub(super) quantity: Quantity,
    pub(super) lot: Option<Lot>,
}

/// A count that found fewer units than the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WriteOff {
    pub(super) sku: Sku,
    pub(super) warehouse: WarehouseCode,
    pub(super) lot: Option<Lot>,
    pub(super) units: i64,
}

/// Whether the SKU of this number is sold out.
pub(super) fn is_sold_out(seed: u64, number: usize) -> bool {
    Random::new(seed, "sold out", number).below(ONE_IN_IS_SOLD_OUT) == 0
}

/// What all orders together ask for, whatever becomes of them.
///
/// Also an order that fails holds its units for a moment, and must not take them from another one.
pub(super) fn demand(orders: &[OrderPlan]) -> BTreeMap<&Sku, i64> {
    let mut demand = BTreeMap::new();
    for line in orders.iter().flat_map(|order| &order.lines) {
        *demand.entry(&line.sku).or_default() += i64::from(line.quantity.units());
    }
    demand
}

/// Where how much of a SKU arrives: enough for the demand, and a rest that is often comfortable,
/// sometimes low, and now and then nothing.
///
/// # Errors
///
/// When a number breaks a rule of the domain.
pub(super) fn receipts(
    seed: u64,
    number: usize,
    offer: &Offer,
    demand: i64,
) -> Result<Vec<Receipt>, InvalidValue> {
    let mut random = Random::new(seed, "stock", number);
    let rest = match random.below(100) {
        _ if offer.sold_out => BROKEN_UNITS,
        0..4 => 0,
        4..16 => random.between(1, 4),
        16..80 => random.between(5, 60),
        _ => random.between(61, 400),
    };
    let total = if offer.sold_out {
        rest
    } else {
        (demand + rest).max(1)
    };
    // Small amounts are not worth two lorries.
    let most = if total < 10 { 1 } else { WAREHOUSES.len() };
    let places = 1 + random.below(most).min(random.below(most));
    let first = random.below(WAREHOUSES.len());
    let share = total / i64::try_from(places).unwrap_or(1);
    (0..places)
        .map(|place| {
            let rest = total - share * i64::try_from(places - 1).unwrap_or_default();
            Ok(Receipt {
                sku: offer.sku.clone(),
                warehouse: warehouse(first + place)?,
                quantity: if place == 0 { rest } else { share }.try_into()?,
                lot: random
                    .chance(10)
                    .then(|| text(&format!("L{:05}", random.below(100_000))))
                    .transpose()?,
            })
        })
        .collect()
}

/// What has to be written off when everything arrived broken.
pub(super) fn write_offs(receipts: &[Receipt]) -> Vec<WriteOff> {
    let write_off = |receipt: &Receipt| WriteOff {
        sku: receipt.sku.clone(),
        warehouse: receipt.warehouse.clone(),
        lot: receipt.lot.clone(),
        units: i64::from(receipt.quantity.units()),
    };
    receipts.iter().map(write_off).collect()
}

fn warehouse(index: usize) -> Result<WarehouseCode, InvalidValue> {
    WAREHOUSES[index % WAREHOUSES.len()].code.to_owned().try_into()
}
