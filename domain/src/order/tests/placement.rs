//! Placing an order.

use super::{
    MAX_LINES, OrderCommand, OrderError, OrderEvent, Placement, by_card, eur, given, line, place, placed,
    placement, sku, units, units_by_sku, usd, when,
};
use crate::{
    testing::value::currency,
    value::{Money, Quantity},
};

/// The total and the tax of an order with these lines.
#[track_caller]
fn sums(lines: Vec<super::Line>) -> (Money, Money) {
    use crate::Decide;
    let placement = Placement { lines, ..placement() };
    let events = super::Order::default().decide(OrderCommand::Place(Box::new(placement)));
    match events.as_deref() {
        Ok([OrderEvent::Placed { total, tax, .. }]) => (*total, *tax),
        other => panic!("the order was not placed: {other:?}"),
    }
}

fn most() -> i64 {
    Quantity::MAX.into()
}

#[test]
fn an_order_is_placed_with_its_prices_and_their_sum() {
    when(place(|_| {})).then([placed()]);
}

#[test]
fn the_payment_method_is_part_of_the_order() {
    let OrderEvent::Placed {
        customer_id,
        lines,
        total,
        tax,
        payment_id,
        shipping_address,
        ..
    } = placed()
    else {
        panic!("the order is placed");
    };
    when(place(|order| order.payment = by_card())).then([OrderEvent::Placed {
        customer_id,
        lines,
        total,
        tax,
        payment_id,
        payment: by_card(),
        shipping_address,
    }]);
}

#[test]
fn an_order_is_placed_once() {
    given([placed()])
        .when(place(|_| {}))
        .then_refused(OrderError::AlreadyPlaced);
}

#[test]
fn the_total_is_the_sum_of_the_lines() {
    let (total, tax) = sums(vec![line("A", 3, eur(100)), line("B", 1, eur(1190))]);
    assert_eq!((total, tax), (eur(1490), eur(48 + 190)));
}

#[test]
fn tax_is_rounded_line_by_line() {
    let apart = sums(vec![line("A", 1, eur(100)), line("B", 1, eur(100))]);
    assert_eq!(apart, (eur(200), eur(16 + 16)));
    let free = sums(vec![super::Line {
        tax_rate_bp: 0,
        ..line("A", 2, eur(100))
    }]);
    assert_eq!(free, (eur(200), eur(0)));
}

#[test]
fn the_total_that_the_customer_was_shown_is_the_total() {
    when(place(|order| order.expected_total = Some(eur(2380)))).then([placed()]);
    for shown in [eur(2379), eur(2381), usd(2380)] {
        when(place(|order| order.expected_total = Some(shown)))
            .then_refused(OrderError::TotalChanged { total: eur(2380) });
    }
}

#[test]
fn an_order_has_lines_and_not_too_many() {
    for count in [0, MAX_LINES + 1, 10_000] {
        when(place(|order| order.lines = vec![line("A", 1, eur(1)); count]))
            .then_refused(OrderError::LineCount);
    }
    let (total, _) = sums(vec![line("A", 1, eur(1)); MAX_LINES]);
    assert_eq!(total, eur(200));
}

#[test]
fn all_lines_are_in_one_currency() {
    when(place(|order| order.lines.push(line("B", 1, usd(100))))).then_refused(OrderError::MixedCurrencies);
}

#[test]
fn a_price_is_above_zero() {
    for price in [0, -1, i64::MIN] {
        when(place(|order| order.lines.push(line("B", 1, eur(price)))))
            .then_refused(OrderError::PriceNotPositive);
    }
}

#[test]
fn a_total_has_a_bound() {
    let largest = vec![line("A", 1, eur(Money::MAX_AMOUNT))];
    assert_eq!(sums(largest).0, eur(Money::MAX_AMOUNT));
    for lines in [
        vec![line("A", 2, eur(Money::MAX_AMOUNT))],
        vec![line("A", 1, eur(Money::MAX_AMOUNT)), line("B", 1, eur(1))],
        vec![line("A", most(), eur(i64::MAX))],
        vec![line("A", 1, eur(i64::MAX)), line("B", 1, eur(i64::MAX))],
    ] {
        when(place(|order| order.lines = lines)).then_refused(OrderError::TotalTooLarge);
    }
}

#[test]
fn the_lines_of_one_sku_are_one_quantity() {
    let lines = [line("B", 1, eur(1)), line("A", 2, eur(1)), line("B", 3, eur(2))];
    let expected = [(sku("A"), units(2)), (sku("B"), units(4))];
    assert_eq!(units_by_sku(&lines), Ok(expected.into()));
}

#[test]
fn the_lines_of_one_sku_ask_for_no_more_than_a_stock_can_give() {
    when(place(|order| {
        order.lines = vec![
            line("A", most(), eur(1)),
            line("B", 1, eur(1)),
            line("A", 1, eur(1)),
        ];
    }))
    .then_refused(OrderError::TooManyUnits(sku("A")));
}

#[test]
fn an_order_may_be_in_a_currency_without_cents() {
    let yen = |amount| Money {
        amount,
        currency: currency("JPY"),
    };
    assert_eq!(sums(vec![line("A", 2, yen(110))]), (yen(220), yen(35)));
}
