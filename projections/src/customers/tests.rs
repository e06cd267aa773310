use domain::order::{CancelReason, OrderCommand, PaymentMethod};

use crate::{
    PageRequest,
    testing::{Shop, Stage, customer_id, text},
};

#[tokio::test]
async fn a_customer_has_the_orders_that_they_placed_and_spent_what_was_captured() {
    let mut shop = Shop::new();
    let card = || PaymentMethod::Card {
        token: text("tok_approved"),
    };
    // The customer of an order is its number modulo 3, and each order is of 2 lines of 12.50 EUR.
    for (number, units) in [(1, 1), (4, 2), (7, 1)] {
        shop.sell(number, units).await;
    }
    shop.place(2, 1, card()).await;
    for number in [1, 4] {
        shop.order(number, OrderCommand::Confirm).await;
        shop.order(number, OrderCommand::MarkPaid).await;
    }
    // The money of an order that was cancelled meanwhile is spent, and given back.
    let reason = CancelReason::ByCustomer { note: None };
    shop.order(7, OrderCommand::Cancel { reason }).await;
    shop.refund(7, 1, 2_500).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("customers").await.customers();
    let customer = reader.customer(customer_id(1)).await.unwrap().unwrap();
    assert_eq!((customer.orders, customer.cancelled), (3, 1));
    let spending = &customer.spending[0];
    assert_eq!((spending.paid_orders, spending.spent.amount), (2, 10_000));
    assert_eq!(spending.refunded.amount, 2_500);
    assert!(customer.first_order_at < customer.last_order_at);
    assert_eq!(reader.customer(customer_id(9)).await.unwrap(), None);
    let page = reader.customers(&PageRequest::first(1)).await.unwrap();
    assert!(page.has_next_page);
    let next = PageRequest::first(1).after(page.edges[0].cursor.clone());
    let rest = reader.customers(&next).await.unwrap();
    let ids: Vec<_> = page.nodes().chain(rest.nodes()).map(|one| one.id).collect();
    assert_eq!(ids, [customer_id(2), customer_id(1)]);
}

#[tokio::test]
async fn every_customer_has_as_many_orders_as_the_write_side_knows_of() {
    let shop = Shop::with_past(131, 800).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("customers").await.customers();
    for number in 0..3 {
        let mine: Vec<_> = shop
            .orders()
            .filter_map(|(_, order)| order.placed().ok())
            .filter(|order| order.customer_id == customer_id(number))
            .collect();
        let cancelled = mine
            .iter()
            .filter(|order| order.status.name() == "cancelled")
            .count();
        let customer = reader.customer(customer_id(number)).await.unwrap().unwrap();
        assert_eq!(usize::try_from(customer.orders).unwrap(), mine.len());
        assert_eq!(usize::try_from(customer.cancelled).unwrap(), cancelled);
    }
}
