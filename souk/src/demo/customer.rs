//! The customers of the demo shop and the money in their accounts.

use domain::value::{AccountId, Address, Currency, CustomerId, InvalidValue, Money, Reference};

use super::{
    people::{LANDS, Land},
    product::text,
    random::Random,
};

/// When the first customer came, in seconds of the shop's past: after the products.
const FIRST_CUSTOMER: usize = 86_400;
/// One in so many has hardly any money.
const ONE_IN_IS_BROKE: usize = 50;
/// What is in the account of somebody who has hardly any money: less than anything costs.
const BROKE_CENTS: i64 = 100;

/// A customer with one account in euros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Customer {
    pub(super) id: CustomerId,
    pub(super) account_id: AccountId,
    pub(super) address: Address,
    pub(super) purse: Purse,
}

/// How much money a customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purse {
    /// Enough for all their orders.
    Funded,
    /// Less than anything costs.
    Broke,
}

/// Money that comes into an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deposit {
    pub(super) account_id: AccountId,
    pub(super) amount: Money,
    pub(super) reference: Reference,
}

/// So many customers.
///
/// # Errors
///
/// When a name or an address breaks a rule of the domain.
pub(super) fn customers(seed: u64, count: usize) -> Result<Vec<Customer>, InvalidValue> {
    (0..count).map(|index| customer(seed, index)).collect()
}

fn customer(seed: u64, index: usize) -> Result<Customer, InvalidValue> {
    let mut random = Random::new(seed, "customer", index);
    let Land {
        country,
        given_names,
        family_names,
        streets,
        cities,
    } = &LANDS[random.below(LANDS.len()).min(LANDS.len() - 1)];
    let name = format!("{} {}", random.pick(given_names), random.pick(family_names));
    let street = random
        .pick(streets)
        .replace('#', &random.between(1, 140).to_string());
    let (city, postal_code) = random.pick(cities);
    let purse = if index % ONE_IN_IS_BROKE == ONE_IN_IS_BROKE - 1 {
        Purse::Broke
    } else {
        Purse::Funded
    };
    Ok(Customer {
        id: CustomerId::new(random.id(FIRST_CUSTOMER + index * 60)),
        account_id: AccountId::new(random.id(FIRST_CUSTOMER + index * 60 + 30)),
        address: address(&name, &street, city, postal_code, country)?,
        purse,
    })
}

pub(super) fn address(
    name: &str,
    street: &str,
    city: &str,
    postal_code: &str,
    country: &str,
) -> Result<Address, InvalidValue> {
    Ok(Address {
        name: text(name)?,
        street: text(street)?,
        city: text(city)?,
        postal_code: Some(text(postal_code)?),
        country: country.to_owned().try_into()?,
    })
}

/// The deposits of a customer who spends so much: one to three, that leave a little over.
///
/// # Errors
///
/// When an amount breaks a rule of the domain.
pub(super) fn deposits(
    seed: u64,
    index: usize,
    customer: &Customer,
    spends_cents: i64,
) -> Result<Vec<Deposit>, InvalidValue> {
    let deposit = |cents, number| {
        Ok(Deposit {
            account_id: customer.account_id,
            amount: Money::positive(cents, Currency::EUR)?,
            reference: text(&format!("transfer {number}"))?,
        })
    };
    if customer.purse == Purse::Broke {
        return Ok(vec![deposit(BROKE_CENTS, 1)?]);
    }
    let mut random = Random::new(seed, "deposit", index);
    // In whole tens of euros, as people transfer money.
    let total = (spends_cents + random.between(2_000, 40_000)) / 1_000 * 1_000 + 1_000;
    let parts = random.between(1, 3);
    let part = total / parts / 1_000 * 1_000;
    (1..=parts)
        .map(|number| {
            deposit(
                if number == parts {
                    total - part * (parts - 1)
                } else {
                    part
                },
                number,
            )
        })
        .collect()
}
