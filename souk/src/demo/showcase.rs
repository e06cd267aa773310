//! What is the same in every demo shop, whatever the seed: things to try out.
//!
//! The README and the summary of `souk up --demo` name them, so commands can be copied as they
//! stand. Nobody else in the demo shop touches them.
//!
//! | what | which |
//! |---|---|
//! | customer | `018f0000-0000-7000-8000-000000000001` |
//! | account | `018f0000-0000-7000-8000-000000000002`, 1,000.00 EUR, nothing held |
//! | product | `018f0000-0000-7000-8000-000000000003`, slug `bazaar-mug` |
//! | SKU | `DEMO-MUG`, 14.90 EUR, 98 units in `berlin` and 50 in `rotterdam` |
//! | order | `018f0000-0000-7000-8000-000000000004`: two mugs, paid by card, delivered |

use domain::{
    product::{ProductDraft, Variant},
    value::{Currency, InvalidValue, Money},
};
use uuid::Uuid;

use super::{
    customer::{Customer, Deposit, Purse, address},
    order::{Fate, OrderLine, OrderPlan, Payment},
    product::{Price, ProductPlan, text},
    stock::Receipt,
};

/// The customer.
pub(crate) const CUSTOMER: Uuid = Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0001);
/// Their account, in euros.
pub(crate) const ACCOUNT: Uuid = Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0002);
/// The money in it, in cents.
pub(crate) const BALANCE_CENTS: i64 = 100_000;
/// A product with one variant.
pub(crate) const PRODUCT: Uuid = Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0003);
/// The readable part of its address.
pub(crate) const SLUG: &str = "bazaar-mug";
/// Its SKU.
pub(crate) const SKU: &str = "DEMO-MUG";
/// What it costs, in cents of a euro.
pub(crate) const PRICE_CENTS: i64 = 1_490;
/// An order that was delivered.
pub(crate) const ORDER: Uuid = Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0004);
/// Its payment.
pub(crate) const PAYMENT: Uuid = Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0005);

/// What was received: where, and how many.
const RECEIPTS: &[(&str, i64)] = &[("berlin", 100), ("rotterdam", 50)];

pub(super) fn product() -> Result<ProductPlan, InvalidValue> {
    let price = |amount, currency| Price {
        sku: None,
        price: Money { amount, currency },
    };
    Ok(ProductPlan {
        id: domain::value::ProductId::new(PRODUCT),
        draft: ProductDraft {
            name: text("Casa Lume Bazaar Mug")?,
            slug: SLUG.to_owned().try_into()?,
            description: Some(text(
                "The Bazaar Mug is a large mug of hand-glazed stoneware, made for the first coffee of the day. \
                 It keeps its contents warm and stands up to the dishwasher. \
                 Single pieces can be bought again for at least ten years.",
            )?),
            categories: vec![text("home/kitchen/tableware")?],
            tags: vec![text("table")?, text("ceramics")?, text("demo")?],
            images: vec![domain::product::Image {
                url: text("https://images.example.com/demo/bazaar-mug-1.jpg")?,
                alt: Some(text("A large mug with a blue glaze, seen from the front")?),
            }],
            variants: vec![Variant {
                sku: SKU.parse()?,
                name: None,
            }],
            tax_rate_bp: 1_900,
        },
        prices: vec![
            price(PRICE_CENTS, Currency::EUR),
            price(1_690, super::product::usd()?),
        ],
    })
}

pub(super) fn receipts() -> Result<Vec<Receipt>, InvalidValue> {
    RECEIPTS
        .iter()
        .map(|(warehouse, units)| {
            Ok(Receipt {
                sku: SKU.parse()?,
                warehouse: (*warehouse).to_owned().try_into()?,
                quantity: (*units).try_into()?,
                lot: None,
            })
        })
        .collect()
}

pub(super) fn customer() -> Result<Customer, InvalidValue> {
    Ok(Customer {
        id: domain::value::CustomerId::new(CUSTOMER),
        account_id: domain::value::AccountId::new(ACCOUNT),
        address: address("Alex Example", "Marktstraße 1", "Berlin", "10317", "DE")?,
        purse: Purse::Funded,
    })
}

pub(super) fn deposit() -> Result<Deposit, InvalidValue> {
    Ok(Deposit {
        account_id: domain::value::AccountId::new(ACCOUNT),
        amount: Money::positive(BALANCE_CENTS, Currency::EUR)?,
        reference: text("demo opening balance")?,
    })
}

pub(super) fn order() -> Result<OrderPlan, InvalidValue> {
    let customer = customer()?;
    Ok(OrderPlan {
        id: domain::value::OrderId::new(ORDER),
        payment_id: domain::value::PaymentId::new(PAYMENT),
        customer_id: customer.id,
        lines: vec![OrderLine {
            sku: SKU.parse()?,
            quantity: 2.try_into()?,
        }],
        payment: Payment::Card {
            token: "tok_approved",
        },
        shipping_address: customer.address,
        total: Money::positive(2 * PRICE_CENTS, Currency::EUR)?,
        fate: Fate::Delivered,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_description_are_of_the_demo_shop() {
        let description = command_api::openapi().to_json().unwrap();
        for id in [CUSTOMER, ACCOUNT, PRODUCT, ORDER, PAYMENT] {
            assert!(description.contains(&id.to_string()), "{id}");
        }
        assert!(description.contains(&format!("\"sku\":\"{SKU}\"")));
    }
}
