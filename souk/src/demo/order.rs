//! The past orders of the demo shop.
//!
//! What becomes of each order is decided here, and the plan leaves no room for anything else: there is
//! stock and money for every order that is to succeed, however the orders overtake each other.

use domain::value::{
    AccountId, Address, Currency, CustomerId, InvalidValue, Money, OrderId, PaymentId, Quantity, Sku,
};

use super::{
    customer::{Customer, Purse},
    random::Random,
};

/// When the first order was placed, in seconds of the shop's past: after the customers.
const FIRST_ORDER: usize = 2 * 86_400;
/// How many seconds lie between two orders: five thousand of them fill about five months.
const BETWEEN_ORDERS: usize = 2_700;
/// The most lines of a demo order.
const MAX_LINES: usize = 4;

/// What is sold for how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) sku: Sku,
    pub(super) cents: i64,
    /// There is none of it, and there will be none.
    pub(super) sold_out: bool,
}

/// An order and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrderPlan {
    pub(super) id: OrderId,
    pub(super) payment_id: PaymentId,
    pub(super) customer_id: CustomerId,
    pub(super) lines: Vec<OrderLine>,
    pub(super) payment: Payment,
    pub(super) shipping_address: Address,
    pub(super) total: Money,
    pub(super) fate: Fate,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrderLine {
    pub(super) sku: Sku,
    pub(super) quantity: Quantity,
}

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payment {
    Account { account_id: AccountId },
    Card { token: &'static str },
}

/// How far an order comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fate {
    /// The customer has it.
    Delivered,
    /// It is on its way.
    Shipped,
    /// It waits for the warehouse.
    Paid,
    /// The customer cancels it after it was paid.
    Cancelled,
    /// One of its lines is out of stock.
    OutOfStock,
    /// The payment is declined.
    Declined,
}

impl Fate {
    /// In a hundred orders 2 are out of stock, 3 declined, 4 cancelled, 9 paid, 7 shipped.
    fn choose(random: &mut Random) -> Self {
        match random.below(100) {
            0..2 => Self::OutOfStock,
            2..5 => Self::Declined,
            5..9 => Self::Cancelled,
            9..18 => Self::Paid,
            18..25 => Self::Shipped,
            _ => Self::Delivered,
        }
    }
}

/// So many orders by these customers for these offers.
///
/// # Errors
///
/// When a number breaks a rule of the domain.
pub(super) fn orders(
    seed: u64,
    count: usize,
    customers: &[Customer],
    offers: &[Offer],
) -> Result<Vec<OrderPlan>, InvalidValue> {
    let (sold_out, mut sold): (Vec<&Offer>, Vec<&Offer>) = offers.iter().partition(|offer| offer.sold_out);
    // What stands first is bought most, so the order of the categories must not show.
    Random::new(seed, "popularity", 0).shuffle(&mut sold);
    let (broke, funded) = customers
        .iter()
        .partition(|customer| customer.purse == Purse::Broke);
    let market = Market {
        sold,
        sold_out,
        funded,
        broke,
    };
    (0..count)
        .filter_map(|number| market.order(seed, number).transpose())
        .collect()
}

/// Who buys what.
struct Market<'plan> {
    sold: Vec<&'plan Offer>,
    sold_out: Vec<&'plan Offer>,
    funded: Vec<&'plan Customer>,
    broke: Vec<&'plan Customer>,
}

impl Market<'_> {
    /// An order, or nothing in a market without customers or goods.
    fn order(&self, seed: u64, number: usize) -> Result<Option<OrderPlan>, InvalidValue> {
        let mut random = Random::new(seed, "order", number);
        let mut fate = Fate::choose(&mut random);
        if fate == Fate::OutOfStock && self.sold_out.is_empty() {
            fate = Fate::Delivered;
        }
        let by_card = random.chance(if fate == Fate::Declined { 60 } else { 22 });
        let pays_nothing = fate == Fate::Declined && !by_card && !self.broke.is_empty();
        let buyers = if pays_nothing { &self.broke } else { &self.funded };
        let (Some(customer), false) = (buyers.get(random.below(buyers.len())), self.sold.is_empty()) else {
            return Ok(None);
        };
        let payment = match fate {
            Fate::Declined if !pays_nothing => Payment::Card {
                token: declined_token(&mut random),
            },
            _ if by_card => Payment::Card {
                token: "tok_approved",
            },
            _ => Payment::Account {
                account_id: customer.account_id,
            },
        };
        let bought = self.basket(&mut random, fate);
        let total = bought.iter().map(|(offer, units)| offer.cents * units).sum();
        let second = FIRST_ORDER + number * BETWEEN_ORDERS + random.below(BETWEEN_ORDERS);
        let line = |(offer, units): (&Offer, i64)| {
            Ok(OrderLine {
                sku: offer.sku.clone(),
                quantity: Quantity::try_from(units)?,
            })
        };
        Ok(Some(OrderPlan {
            id: OrderId::new(random.id(second)),
            payment_id: PaymentId::new(random.id(second)),
            customer_id: customer.id,
            lines: bought.into_iter().map(line).collect::<Result<_, _>>()?,
            payment,
            shipping_address: customer.address.clone(),
            total: Money::positive(total, Currency::EUR)?,
            fate,
        }))
    }

    /// One to four different things, more often few than many.
    fn basket(&self, random: &mut Random, fate: Fate) -> Vec<(&Offer, i64)> {
        let lines = 1 + random.below(MAX_LINES).min(random.below(MAX_LINES));
        let mut basket: Vec<(&Offer, i64)> = Vec::new();
        for _ in 0..lines {
            let offer = self.sold[popular(random, self.sold.len())];
            if basket.iter().all(|(other, _)| other.sku != offer.sku) {
                basket.push((offer, random.between(1, 3).min(random.between(1, 3))));
            }
        }
        if let (Fate::OutOfStock, Some(last)) = (fate, basket.last_mut()) {
            *last = (self.sold_out[random.below(self.sold_out.len())], 1);
        }
        basket
    }
}

/// An index that is more often low than high: half of what is sold comes from a quarter of the offers.
fn popular(random: &mut Random, count: usize) -> usize {
    let scale = 1 << 20;
    let chance = random.below(scale);
    chance * chance / scale * count / scale
}

fn declined_token(random: &mut Random) -> &'static str {
    random.pick(&[
        "tok_declined",
        "tok_declined",
        "tok_insufficient_funds",
        "tok_expired_card",
    ])
}
