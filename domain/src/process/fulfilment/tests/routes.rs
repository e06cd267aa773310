//! Which events belong to which order.

use super::{Event, Fulfilment, ProcessManager, StockEvent, noon, order_id, text, to_stock, units, way};
use crate::{
    account::AccountEvent,
    product::ProductEvent,
    testing::value::{eur, line, payment_id, sku},
};

fn route((aggregate_id, event): &(String, Event)) -> Option<String> {
    Fulfilment::route(aggregate_id, event)
}

#[test]
fn every_event_on_the_way_of_an_order_belongs_to_it() {
    for event in way() {
        assert_eq!(route(&event), Some(order_id(1).to_string()), "{event:?}");
    }
    for event in [
        super::reservation_refused("A"),
        super::released("A"),
        super::committed("A"),
        super::shipped(),
    ] {
        assert_eq!(route(&event), Some(order_id(1).to_string()), "{event:?}");
    }
}

#[test]
fn what_is_no_part_of_an_order_belongs_to_nobody() {
    let received = StockEvent::Received {
        warehouse: text("north"),
        quantity: units(1),
        lot: None,
        expires_on: None,
    };
    assert_eq!(route(&to_stock("A", received)), None);
    let held = AccountEvent::FundsHeld {
        payment_id: payment_id(1),
        order_id: order_id(1),
        amount: eur(1),
    };
    assert_eq!(Fulfilment::route("account", &Event::Account(held)), None);
    let priced = ProductEvent::PriceSet {
        sku: sku("A"),
        price: eur(1),
    };
    assert_eq!(Fulfilment::route("product", &Event::Product(priced)), None);
}

#[test]
fn an_answer_for_a_sku_that_was_not_ordered_is_ignored() {
    super::process::<Fulfilment>()
        .given([super::placed()])
        .when(super::reserved("TABLE", 1))
        .then_nothing()
        .then_status("awaiting_stock");
}

#[test]
fn an_order_whose_id_is_none_never_starts() {
    let (_, placed) = super::placed_with(vec![line("A", 1, eur(1))], eur(1));
    let mut process = Fulfilment::default();
    assert_eq!(process.react("no uuid", &placed, noon()), []);
    assert_eq!(process, Fulfilment::default());
}
