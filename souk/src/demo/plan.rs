//! The whole demo shop before any of it is loaded.

use domain::value::{Currency, InvalidValue};

use super::{
    customer::{self, Customer, Deposit},
    order::{self, Offer, OrderPlan, Payment},
    product::{self, ProductPlan},
    showcase,
    stock::{self, Receipt},
};

/// How large a demo shop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DemoSize {
    /// Products, besides the one to try out.
    pub(crate) products: usize,
    /// Customers, besides the one to try out.
    pub(crate) customers: usize,
    /// Past orders, besides the one to look at.
    pub(crate) orders: usize,
}

impl Default for DemoSize {
    fn default() -> Self {
        Self {
            products: 2_000,
            customers: 400,
            orders: 5_000,
        }
    }
}

/// Everything that is to be loaded. The same seed and size always make the same plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) products: Vec<ProductPlan>,
    /// One item for each SKU.
    pub(super) stock: Vec<StockPlan>,
    pub(super) customers: Vec<CustomerPlan>,
    pub(super) orders: Vec<OrderPlan>,
}

/// What arrives of one SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StockPlan {
    pub(super) receipts: Vec<Receipt>,
    /// All of it arrived broken.
    pub(super) written_off: bool,
}

/// A customer, and the money that comes into the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CustomerPlan {
    pub(super) customer: Customer,
    pub(super) deposits: Vec<Deposit>,
}

impl Plan {
    /// Makes up a shop.
    ///
    /// # Errors
    ///
    /// When something that was made up breaks a rule of the domain.
    pub(super) fn new(seed: u64, size: DemoSize) -> Result<Self, InvalidValue> {
        let mut products = product::products(seed, size.products)?;
        let offers = offers(seed, &products);
        let customers = customer::customers(seed, size.customers)?;
        let mut orders = order::orders(seed, size.orders, &customers, &offers)?;
        let mut stock = stock(seed, &offers, &orders)?;
        let mut customers = fund(seed, customers, &orders)?;

        products.push(showcase::product()?);
        stock.push(StockPlan {
            receipts: showcase::receipts()?,
            written_off: false,
        });
        customers.push(CustomerPlan {
            customer: showcase::customer()?,
            deposits: vec![showcase::deposit()?],
        });
        orders.push(showcase::order()?);
        Ok(Self {
            products,
            stock,
            customers,
            orders,
        })
    }
}

fn offers(seed: u64, products: &[ProductPlan]) -> Vec<Offer> {
    let mut offers = Vec::new();
    for product in products {
        for variant in &product.draft.variants {
            let in_euros = |price: &&product::Price| {
                price.price.currency == Currency::EUR
                    && price.sku.as_ref().is_none_or(|sku| *sku == variant.sku)
            };
            let price = product.prices.iter().find(in_euros);
            offers.push(Offer {
                sku: variant.sku.clone(),
                cents: price.map_or(0, |price| price.price.amount),
                sold_out: stock::is_sold_out(seed, offers.len()),
            });
        }
    }
    offers
}

fn stock(seed: u64, offers: &[Offer], orders: &[OrderPlan]) -> Result<Vec<StockPlan>, InvalidValue> {
    let demand = stock::demand(orders);
    let plan = |(number, offer): (usize, &Offer)| {
        let demand = demand.get(&offer.sku).copied().unwrap_or_default();
        let receipts = stock::receipts(seed, number, offer, demand)?;
        Ok(StockPlan {
            receipts,
            written_off: offer.sold_out,
        })
    };
    offers.iter().enumerate().map(plan).collect()
}

/// Gives every customer the money that their orders need.
fn fund(
    seed: u64,
    customers: Vec<Customer>,
    orders: &[OrderPlan],
) -> Result<Vec<CustomerPlan>, InvalidValue> {
    let mut spent = std::collections::BTreeMap::new();
    for order in orders {
        if let Payment::Account { account_id } = order.payment {
            *spent.entry(account_id).or_default() += order.total.amount;
        }
    }
    let plan = |(index, customer): (usize, Customer)| {
        let spends = spent.get(&customer.account_id).copied().unwrap_or_default();
        let deposits = customer::deposits(seed, index, &customer, spends)?;
        Ok(CustomerPlan { customer, deposits })
    };
    customers.into_iter().enumerate().map(plan).collect()
}
