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
