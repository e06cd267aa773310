//! What cannot be done now, and what cannot be done at all.

use std::sync::Arc;

use super::{
    gateways::Troubled,
    shop::{PAID_BY_CARD, Shop, card},
};
use crate::inspect::{self, Requeue, Selection};

#[tokio::test]
async fn a_gateway_that_is_away_for_a_moment_is_asked_again_under_the_same_key() {
    let gateway = Arc::new(Troubled::new(2, Troubled::unreachable));
    let shop = Shop::open_with(gateway.clone()).await;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_BY_CARD);
    assert_eq!(
        (gateway.questions("authorise"), gateway.questions("capture")),
        (1, 1)
    );
    assert_eq!(gateway.calls(), 4);
}

#[tokio::test]
async fn a_gateway_that_stays_away_is_waited_for_in_the_outbox() {
    let gateway = Arc::new(Troubled::new(5, Troubled::unreachable));
    let shop = Shop::open_with(gateway.clone()).await;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    shop.wait_for(order, 3).await;
    while running.statuses().iter().all(|status| status.deferred == 0) {
        tokio::task::yield_now().await;
    }
    let payment = shop.history(order).await[2].aggregate_id.clone();
    let shown = inspect::show(&shop.pool, &payment).await.unwrap();
    let [entry] = &shown[0].outbox[..] else {
        panic!("{shown:?}")
    };
    assert_eq!((entry.state.as_str(), entry.attempts), ("pending", 4));
    assert_eq!(
        entry.last_error.as_deref(),
        Some("the payment gateway cannot be reached: no route")
    );
    assert!(entry.next_attempt_at.is_some());
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_BY_CARD);
    assert_eq!(gateway.questions("authorise"), 1);
}

#[tokio::test]
async fn what_is_refused_is_parked_with_its_reason_and_can_be_sent_again() {
    let shop = Shop::open_with(Arc::new(Troubled::new(1, Troubled::confused))).await;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, &PAID_BY_CARD[..3]);
    assert_eq!(
        running.statuses().iter().map(|status| status.parked).sum::<i64>(),
        1
    );

    let parked = Selection {
        parked: true,
        ..Selection::default()
    };
    let listed = inspect::list(&shop.pool, &parked, 10).await.unwrap();
    let [summary] = &listed[..] else {
        panic!("{listed:?}")
    };
    assert_eq!((summary.manager.as_str(), summary.parked), ("settlement", 1));
    let shown = inspect::show(&shop.pool, &summary.process_id).await.unwrap();
    let reason = shown[0].outbox[0].last_error.as_deref().unwrap();
    assert!(reason.contains("the key of the shop is wrong"), "{reason}");
    assert_eq!(
        shown[0].outbox[0].target,
        format!("gateway, for payment {}", summary.process_id)
    );

    let unknown = Requeue::Process("somebody else".to_owned());
    assert_eq!(inspect::requeue(&shop.pool, &unknown).await.unwrap(), 0);
    assert_eq!(
        inspect::requeue(&shop.pool, &Requeue::Action(shown[0].outbox[0].key))
            .await
            .unwrap(),
        1
    );
    shop.wait_for(order, PAID_BY_CARD.len()).await;
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_BY_CARD);
    assert!(inspect::list(&shop.pool, &parked, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_command_that_the_domain_refuses_is_parked() {
    let shop = Shop::open().await;
    let nobody = uuid::Uuid::from_u128(1);
    let action = serde_json::to_string(&domain::process::Action::from((
        domain::value::OrderId::new(nobody),
        domain::order::OrderCommand::Confirm,
    )));
    sqlx::query(
        "INSERT INTO process_outbox (manager, position, index, process_id, action, key, metadata)
         VALUES ('fulfilment', 1, 0, $1, $2::json, $3, '{}'), ('fulfilment', 1, 1, $1, '{\"old\": true}', $4, '{}')",
    )
    .bind(nobody.to_string())
    .bind(action.unwrap())
    .bind(uuid::Uuid::from_u128(2))
    .bind(uuid::Uuid::from_u128(3))
    .execute(&shop.pool)
    .await
    .unwrap();
    let running = shop.start();
    running.settle().await.unwrap();
    let reasons: Vec<(String, String)> =
        sqlx::query_as("SELECT state, last_error FROM process_outbox ORDER BY index")
            .fetch_all(&shop.pool)
            .await
            .unwrap();
    assert_eq!(reasons.len(), 2);
    assert!(reasons.iter().all(|(state, _)| state == "parked"), "{reasons:?}");
    assert_eq!(reasons[0].1, "refused: there is no such order (unknown_order)");
    assert!(reasons[1].1.contains("cannot be understood"), "{reasons:?}");
}

#[tokio::test]
async fn processes_are_listed_with_their_status() {
    let shop = Shop::open().await;
    let running = shop.start();
    let paid = shop.place(&["TEA"], card("tok_approved")).await;
    let failed = shop.place(&["NONE"], card("tok_approved")).await;
    running.settle().await.unwrap();
    for (order, status) in [(paid, "completed"), (failed, "failed")] {
        let selection = Selection {
            manager: Some("fulfilment".to_owned()),
            status: Some(status.to_owned()),
            ..Selection::default()
        };
        let listed = inspect::list(&shop.pool, &selection, 10).await.unwrap();
        let ids: Vec<_> = listed.iter().map(|summary| summary.process_id.clone()).collect();
        assert_eq!(ids, [order.to_string()]);
    }
}
