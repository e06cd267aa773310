//! Builds of the past equal a replay that stopped there, and never become live.

use std::collections::HashMap;

use domain::{
    order::{Disposal, OrderCommand, ReturnLine, TakenBack},
    value::OrderId,
};

use super::*;
use crate::{
    AsOf, ReadModels,
    orders::{OrderReturn, ReturnedUnits},
    testing::{return_id, sku},
};

#[tokio::test]
async fn a_build_as_of_a_position_equals_a_replay_that_stopped_there() {
    let shop = Shop::with_past(81, 400).await;
    let (stage, events) = (Stage::new(shop.log()).await, shop.events().await);
    let projections = stage.projections();
    for model in table_models() {
        let name = model.registered().name;
        projections.rebuild(name, |_| {}).await.unwrap();
        let until = 137;
        let past = projections.rebuild_as_of(name, until, |_| {}).await.unwrap();
        assert_eq!((past.generation, past.position), (2, until));
        let states = [(1, GenerationState::Live), (2, GenerationState::Ready)];
        assert_eq!(stage.states(name).await, states);
        let replayed = stage.generation(&*model).await;
        let before = &events[..137];
        apply_in(&mut *stage.open(&*model, &replayed).await, before, 50).await;
        assert_eq!(
            digest(&stage.pool, &format!("{name}_g2")).await,
            digest(&stage.pool, &replayed.schema_name).await,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_build_as_of_a_position_is_continued_and_never_switched_to() {
    let shop = Shop::with_past(82, 400).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    let first = projections.rebuild_as_of("orders", 50, |_| {}).await.unwrap();
    let again = projections.rebuild_as_of("orders", 50, |_| {}).await.unwrap();
    assert_eq!(first, again);
    let nothing = projections.switch("orders", &operator(), |_| {}).await;
    assert!(matches!(nothing, Err(ProjectionError::NothingToSwitchTo(_))));
    let rebuilt = projections.rebuild("orders", |_| {}).await.unwrap();
    assert_eq!(rebuilt.generation, 2);
    let beyond = shop.head().await + 1;
    let refused = projections.rebuild_as_of("orders", beyond, |_| {}).await;
    assert!(matches!(refused, Err(ProjectionError::BeyondTheLog { .. })));
    for position in 1..8 {
        projections
            .rebuild_as_of("orders", position, |_| {})
            .await
            .unwrap();
    }
    let refused = projections.rebuild_as_of("orders", 9, |_| {}).await;
    assert!(matches!(refused, Err(ProjectionError::TooManyOfThePast(_))));
}

/// Takes goods of an order back and reduces the refund twice. Says where the log ended after each of these.
async fn return_and_reduce(shop: &mut Shop) -> Vec<usize> {
    const ORDER: u128 = 41;
    let (sku, quantity) = (sku(ORDER % 8), 2_i64.try_into().unwrap());
    let token = text("tok_approved");
    shop.place(ORDER, 3, PaymentMethod::Card { token }).await;
    let return_id = return_id(900);
    let reduce = |cents| OrderCommand::ReduceRefund {
        return_id,
        refund: money(cents, "EUR"),
        written_off: money(cents, "EUR"),
    };
    let mut ends = Vec::new();
    for command in [
        OrderCommand::Confirm,
        OrderCommand::MarkPaid,
        OrderCommand::Ship {
            carrier: None,
            tracking_number: text("TN 1"),
        },
        OrderCommand::RequestReturn {
            return_id,
            lines: vec![ReturnLine {
                sku: sku.clone(),
                quantity,
            }],
            reason: text("too small"),
            exchange_order_id: None,
        },
        OrderCommand::AcceptReturn {
            return_id,
            lines: vec![TakenBack {
                sku,
                quantity,
                disposal: Disposal::WriteOff,
            }],
            refund: None,
            left: None,
        },
        reduce(2_000),
        reduce(1_500),
    ] {
        shop.order(ORDER, command).await;
        ends.push(usize::try_from(shop.head().await).unwrap());
    }
    ends.split_off(3)
}

/// What came back of each order up to a position, and what became of it.
async fn returns(
    reader: &ReadModels,
    orders: &[OrderId],
    up_to: Position,
) -> HashMap<OrderId, (Vec<OrderReturn>, Option<ReturnedUnits>)> {
    let keys: Vec<_> = orders.iter().map(|id| (*id, up_to)).collect();
    let found = reader.orders().returns_of(&keys).await.unwrap();
    let mut units = reader.orders().returned_units_of(&keys).await.unwrap();
    let with_units = found.into_iter().map(|(key, returns)| {
        let (order_id, _) = key;
        (order_id, (returns, units.remove(&key)))
    });
    with_units.collect()
}

#[tokio::test]
async fn what_is_read_as_of_a_position_is_what_a_replay_up_to_there_would_show() {
    let mut shop = Shop::with_past(83, 500).await;
    let mut points = vec![0, 1, 77, 200];
    points.extend(return_and_reduce(&mut shop).await);
    let stage = Stage::new(shop.log()).await;
    let (events, projections) = (shop.events().await, stage.projections());
    stage.store(&events).await;
    for name in ["orders", "balances", "stock_levels"] {
        projections.rebuild(name, |_| {}).await.unwrap();
    }
    let reader = stage.foreign_reader();
    let day = crate::testing::noon().date_naive();
    let orders: Vec<_> = shop.orders().map(|(id, _)| id).collect();
    let accounts: Vec<_> = shop.accounts().map(|(id, _)| id).collect();
    let skus: Vec<_> = shop.stocks().map(|(sku, _)| sku).collect();
    for until in points {
        // A shop of its own in which nothing more happened.
        let then = Stage::new(Shop::replay(&events[..until]).await.log()).await;
        for name in ["orders", "balances", "stock_levels"] {
            then.projections().rebuild(name, |_| {}).await.unwrap();
        }
        let of_then = then.foreign_reader();
        let position = i64::try_from(until).unwrap();
        let time = until.checked_sub(1).map(|last| events[last].recorded_at);
        let points = [Some(AsOf::Position(position)), time.map(AsOf::Time)];
        for as_of in points.into_iter().flatten() {
            // The past has no sequences and no thresholds: only what is now can be changed.
            let mut of_orders = of_then.orders().orders_by_id(&orders).await.unwrap();
            of_orders.values_mut().for_each(|order| order.sequence = None);
            assert_eq!(
                reader.orders().orders_as_of(&orders, as_of).await.unwrap(),
                of_orders,
                "orders as of {as_of:?}"
            );
            assert_eq!(
                returns(&reader, &orders, position).await,
                returns(&of_then, &orders, Position::MAX).await,
                "returns as of {position}"
            );
            let mut of_accounts = of_then.balances().accounts_by_id(&accounts).await.unwrap();
            of_accounts
                .values_mut()
                .for_each(|account| account.sequence = None);
            assert_eq!(
                reader.balances().accounts_as_of(&accounts, as_of).await.unwrap(),
                of_accounts,
                "accounts as of {as_of:?}"
            );
            assert_eq!(
                reader.balances().trial_balance_as_of(as_of).await.unwrap(),
                of_then.balances().trial_balance().await.unwrap(),
                "the books as of {as_of:?}"
            );
            let mut of_stocks = of_then.stock_levels().stocks(&skus, day).await.unwrap();
            for stock in of_stocks.values_mut() {
                (stock.sequence, stock.threshold) = (None, None);
            }
            assert_eq!(
                reader
                    .stock_levels()
                    .stocks_as_of(&skus, day, as_of)
                    .await
                    .unwrap(),
                of_stocks,
                "stock as of {as_of:?}"
            );
        }
    }
}
