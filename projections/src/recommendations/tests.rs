use domain::order::{Line, OrderCommand, PaymentMethod, Placement};

use crate::testing::{Shop, Stage, address, customer_id, money, payment_id, product_id, sku, text};

async fn bought(shop: &mut Shop, number: u128, products: &[u128]) {
    let line = |product: &u128| Line {
        sku: sku(2 * *product),
        product_id: product_id(*product),
        name: "Something".to_owned(),
        quantity: 1.try_into().unwrap(),
        unit_price: money(100, "EUR"),
        tax_rate_bp: 0,
    };
    let placement = Placement {
        customer_id: customer_id(1),
        lines: products.iter().map(line).collect(),
        payment_id: payment_id(number),
        payment: PaymentMethod::Card {
            token: text("tok_approved"),
        },
        shipping_address: address(),
        expected_total: None,
    };
    shop.order(number, OrderCommand::Place(Box::new(placement))).await;
}

#[tokio::test]
async fn what_stands_in_most_orders_beside_a_product_comes_first() {
    let mut shop = Shop::new();
    for (number, products) in [&[1, 2][..], &[1, 2, 3], &[1, 3], &[1, 2], &[3], &[3], &[4]]
        .into_iter()
        .enumerate()
    {
        bought(&mut shop, u128::try_from(number).unwrap() + 1, products).await;
    }
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("recommendations").await.recommendations();
    let wanted = [product_id(1), product_id(4)];
    let found = reader.bought_together(&wanted, 10).await.unwrap();
    let beside: Vec<_> = found[&product_id(1)]
        .iter()
        .map(|other| (other.product_id, other.orders, other.of_orders))
        .collect();
    assert_eq!(beside, [(product_id(2), 3, 4), (product_id(3), 2, 4)]);
    assert!(!found.contains_key(&product_id(4)));
    let first = reader.bought_together(&wanted, 1).await.unwrap();
    assert_eq!(first[&product_id(1)].len(), 1);
}

#[tokio::test]
async fn every_line_of_a_large_order_counts() {
    let mut shop = Shop::new();
    let products: Vec<u128> = (1..=200).collect();
    bought(&mut shop, 1, &products).await;
    // The newest products, whose ids are the highest.
    bought(&mut shop, 2, &[199, 200]).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("recommendations").await.recommendations();
    let wanted = [product_id(1), product_id(200)];
    let found = reader.bought_together(&wanted, 100).await.unwrap();
    let first = &found[&product_id(200)][0];
    assert_eq!(
        (first.product_id, first.orders, first.of_orders),
        (product_id(199), 2, 2)
    );
    for others in found.values() {
        assert_eq!(others.len(), 100);
    }
}
