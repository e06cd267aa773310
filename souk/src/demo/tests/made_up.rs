//! What is made up is the same each time, and the domain takes all of it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Decide,
    account::{Account, AccountCommand},
    order::{Line, Order, OrderCommand, PaymentMethod, Placement},
    product::{Product, ProductCommand},
    stock::{Stock, StockCommand},
    value::{Currency, ProductId, Sku},
};

use crate::demo::{
    catalogue::categories,
    customer::Purse,
    digest,
    order::{Fate, OrderPlan, Payment},
    plan::{DemoSize, Plan},
    stock,
};

fn plan() -> Plan {
    Plan::new(1, DemoSize::default()).unwrap()
}

/// Decides the commands one after the other and gives back where they lead.
fn accepted<A: Decide>(commands: impl IntoIterator<Item = A::Command>) -> A
where
    A::Error: std::fmt::Display,
{
    let mut aggregate = A::default();
    for command in commands {
        let events = aggregate
            .decide(command)
            .unwrap_or_else(|refusal| panic!("{refusal}"));
        assert!(!events.is_empty(), "a command changed nothing");
        events.into_iter().for_each(|event| aggregate.apply(event));
    }
    aggregate
}

#[test]
fn the_same_seed_makes_the_same_shop() {
    let (first, second) = (plan(), plan());
    assert!(first == second, "two plans of one seed differ");
    assert_eq!(digest::of(&first), digest::of(&second));
}

#[test]
fn another_seed_makes_another_shop() {
    let size = DemoSize {
        products: 80,
        customers: 10,
        orders: 50,
    };
    let (first, second) = (Plan::new(1, size).unwrap(), Plan::new(2, size).unwrap());
    assert_ne!(digest::of(&first), digest::of(&second));
    assert_ne!(first.products[0], second.products[0]);
    assert_ne!(first.orders[0].id, second.orders[0].id);
    // What the README names is the same in every shop.
    assert_eq!(first.products.last(), second.products.last());
    assert_eq!(first.customers.last(), second.customers.last());
    assert_eq!(first.orders.last(), second.orders.last());
}

/// A seed is a promise: whoever wrote down an identifier finds it again in the next version.
#[test]
fn the_first_things_of_seed_one_stay_what_they_are() {
    let plan = plan();
    let product = &plan.products[0];
    assert_eq!(product.draft.slug.as_str(), "halden-octave-on-ear-headphones");
    assert_eq!(
        plan.customers[0].customer.id.to_string(),
        "019b7c01-0400-7645-beed-7e18ae065a3d"
    );
    assert_eq!(
        plan.orders[0].id.to_string(),
        "019b8139-7100-7639-84f9-b06e33ace712"
    );
}

#[test]
fn the_shop_has_the_size_that_was_asked_for() {
    let plan = plan();
    let size = DemoSize::default();
    assert_eq!(plan.products.len(), size.products + 1);
    assert_eq!(plan.customers.len(), size.customers + 1);
    assert_eq!(plan.orders.len(), size.orders + 1);
    assert_eq!(categories().len(), 40);
    assert!(
        categories()
            .iter()
            .all(|category| category.path.split('/').count() == 3)
    );
}

#[test]
fn every_product_is_accepted_and_has_prices_in_both_currencies() {
    for product in plan().products {
        let create = ProductCommand::Create(product.draft.clone());
        let prices = product.prices.iter().map(|price| ProductCommand::SetPrice {
            sku: price.sku.clone(),
            price: price.price,
        });
        let Product::Listed(listed) = accepted::<Product>(std::iter::once(create).chain(prices)) else {
            panic!("{} is not listed", product.draft.name);
        };
        for variant in &product.draft.variants {
            for currency in [Currency::EUR, "USD".parse().unwrap()] {
                assert!(
                    listed.find_price(&variant.sku, currency).is_some(),
                    "{} {currency}",
                    variant.sku
                );
            }
        }
        let description = listed.description.unwrap().to_string();
        let sentences = description.matches(". ").count() + 1;
        assert!(
            (2..=4).contains(&sentences),
            "{sentences} sentences: {description}"
        );
        assert!(!description.contains(['{', '}']), "{description}");
    }
}

#[test]
fn names_slugs_skus_and_identifiers_are_unique() {
    let plan = plan();
    let unique = |values: Vec<String>| {
        let mut seen = BTreeSet::new();
        let twice = values.into_iter().find(|value| !seen.insert(value.clone()));
        assert_eq!(twice, None);
    };
    unique(
        plan.products
            .iter()
            .map(|product| product.draft.name.to_string())
            .collect(),
    );
    unique(
        plan.products
            .iter()
            .map(|product| product.draft.slug.to_string())
            .collect(),
    );
    let variants = plan.products.iter().flat_map(|product| &product.draft.variants);
    unique(variants.map(|variant| variant.sku.to_string()).collect());
    let products = plan.products.iter().map(|product| product.id.to_string());
    let customers = plan
        .customers
        .iter()
        .flat_map(|plan| [plan.customer.id.to_string(), plan.customer.account_id.to_string()]);
    let orders = plan
        .orders
        .iter()
        .flat_map(|order| [order.id.to_string(), order.payment_id.to_string()]);
    unique(products.chain(customers).chain(orders).collect());
    unique(
        categories()
            .iter()
            .map(|category| category.code.to_owned())
            .collect(),
    );
}

#[test]
fn every_sku_has_stock_and_enough_of_it_for_all_orders() {
    let plan = plan();
    let demand = stock::demand(&plan.orders);
    let (mut low, mut none) = (0, 0);
    for stock in &plan.stock {
        let sku = &stock.receipts[0].sku;
        let receipts = stock.receipts.iter().map(|receipt| StockCommand::Receive {
            warehouse: receipt.warehouse.clone(),
            quantity: receipt.quantity,
            lot: receipt.lot.clone(),
            expires_on: None,
        });
        let _stock: Stock = accepted(receipts);
        let received: i64 = stock
            .receipts
            .iter()
            .map(|receipt| i64::from(receipt.quantity.units()))
            .sum();
        let wanted = demand.get(sku).copied().unwrap_or_default();
        assert!(
            stock.written_off || received >= wanted,
            "{sku}: {received} for {wanted}"
        );
        match received - wanted {
            0 => none += 1,
            1..5 => low += 1,
            _ => {}
        }
    }
    let variants: usize = plan
        .products
        .iter()
        .map(|product| product.draft.variants.len())
        .sum();
    assert_eq!(plan.stock.len(), variants);
    assert!(
        none > 10 && low > 100,
        "{none} without and {low} with little stock"
    );
}

#[test]
fn only_orders_that_are_to_be_out_of_stock_ask_for_what_is_sold_out() {
    let plan = plan();
    let sold_out: BTreeSet<&Sku> = plan
        .stock
        .iter()
        .filter(|stock| stock.written_off)
        .map(|stock| &stock.receipts[0].sku)
        .collect();
    for order in &plan.orders {
        let asks = order.lines.iter().any(|line| sold_out.contains(&line.sku));
        assert_eq!(asks, order.fate == Fate::OutOfStock, "{order:?}");
    }
}

#[test]
fn every_account_has_money_for_the_orders_that_are_paid_from_it() {
    let plan = plan();
    let mut spent: BTreeMap<_, i64> = BTreeMap::new();
    for order in &plan.orders {
        if let Payment::Account { account_id } = order.payment {
            *spent.entry(account_id).or_default() += order.total.amount;
        }
    }
    for CustomerMoney {
        account_id,
        purse,
        booked,
    } in plan.customers.iter().map(CustomerMoney::of)
    {
        let spends = spent.get(&account_id).copied().unwrap_or_default();
        match purse {
            Purse::Funded => assert!(booked > spends, "{account_id}: {booked} for {spends}"),
            Purse::Broke => assert!(spends == 0 || booked < 299, "{account_id}: {booked}"),
        }
    }
}

struct CustomerMoney {
    account_id: domain::value::AccountId,
    purse: Purse,
    booked: i64,
}

impl CustomerMoney {
    /// What the account holds after its deposits, as the domain counts it.
    fn of(plan: &crate::demo::plan::CustomerPlan) -> Self {
        let customer = &plan.customer;
        let open = AccountCommand::Open {
            owner_id: customer.id,
            currency: Currency::EUR,
        };
        let deposits = plan.deposits.iter().map(|deposit| AccountCommand::Deposit {
            amount: deposit.amount,
            reference: deposit.reference.clone(),
        });
        match accepted::<Account>(std::iter::once(open).chain(deposits)) {
            Account::Open(account) => Self {
                account_id: customer.account_id,
                purse: customer.purse,
                booked: account.booked,
            },
            Account::Unopened => panic!("{} is not open", customer.account_id),
        }
    }
}

#[test]
fn every_order_is_accepted_with_the_total_of_its_plan() {
    let plan = plan();
    let mut offers = BTreeMap::new();
    for product in &plan.products {
        for variant in &product.draft.variants {
            let price = product.prices.iter().find(|price| {
                price.price.currency == Currency::EUR
                    && price.sku.as_ref().is_none_or(|sku| *sku == variant.sku)
            });
            offers.insert(&variant.sku, (price.unwrap().price, product.draft.tax_rate_bp));
        }
    }
    for order in &plan.orders {
        let line = |line: &crate::demo::order::OrderLine| Line {
            sku: line.sku.clone(),
            product_id: ProductId::new(uuid::Uuid::nil()),
            name: "anything".to_owned(),
            quantity: line.quantity,
            unit_price: offers[&line.sku].0,
            tax_rate_bp: offers[&line.sku].1,
        };
        let placement = Placement {
            customer_id: order.customer_id,
            lines: order.lines.iter().map(line).collect(),
            payment_id: order.payment_id,
            payment: method(order),
            shipping_address: order.shipping_address.clone(),
            expected_total: Some(order.total),
        };
        let _placed: Order = accepted([OrderCommand::Place(Box::new(placement))]);
    }
}

fn method(order: &OrderPlan) -> PaymentMethod {
    match order.payment {
        Payment::Account { account_id } => PaymentMethod::Account { account_id },
        Payment::Card { token } => PaymentMethod::Card {
            token: token.to_owned().try_into().unwrap(),
        },
    }
}

#[test]
fn most_orders_are_paid_from_an_account_and_every_fate_occurs() {
    let plan = plan();
    let by_account = plan
        .orders
        .iter()
        .filter(|order| matches!(order.payment, Payment::Account { .. }));
    let by_account = by_account.count();
    assert!((3_500..4_300).contains(&by_account), "{by_account} by account");
    let count = |fate| plan.orders.iter().filter(|order| order.fate == fate).count();
    assert!(count(Fate::Delivered) > 3_000);
    for fate in [
        Fate::Shipped,
        Fate::Paid,
        Fate::Cancelled,
        Fate::OutOfStock,
        Fate::Declined,
    ] {
        assert!((50..600).contains(&count(fate)), "{fate:?}: {}", count(fate));
    }
}
