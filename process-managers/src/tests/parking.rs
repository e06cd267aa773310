//! What cannot be done now, and what cannot be done at all.

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::{
    gateways::Troubled,
    shop::{PAID_BY_CARD, Shop, card},
};
use crate::{
    backoff,
    gateway::Breaker,
    inspect::{self, Discard, Requeue, Selection},
};

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
    let mut shop = Shop::open_with(gateway.clone()).await;
    shop.options.gateway.open_for = Duration::from_millis(100);
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
async fn a_gateway_that_stays_away_for_a_day_is_left_to_people_who_can_ask_again() {
    let gateway = Arc::new(Troubled::new(usize::MAX, Troubled::unreachable));
    let mut shop = Shop::open_with(gateway.clone()).await;
    shop.options.gateway.failures_to_open = u32::MAX;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    while running.statuses().iter().all(|status| status.deferred == 0) {
        tokio::task::yield_now().await;
    }
    sqlx::query("UPDATE process_outbox SET attempts = $1, next_attempt_at = now() WHERE attempts > 0")
        .bind(i32::try_from(backoff::MOST_TRIES).unwrap())
        .execute(&shop.pool)
        .await
        .unwrap();
    while running.statuses().iter().all(|status| status.parked == 0) {
        tokio::task::yield_now().await;
    }
    let payment = shop.history(order).await[2].aggregate_id.clone();
    let shown = inspect::show(&shop.pool, &payment).await.unwrap();
    let [entry] = &shown[0].outbox[..] else {
        panic!("{shown:?}")
    };
    assert_eq!((entry.state.as_str(), entry.next_attempt_at), ("parked", None));
    assert_eq!(
        entry.last_error.as_deref(),
        Some("tried for 24 h: the payment gateway cannot be reached: no route")
    );

    gateway.recover();
    let process = Requeue::Process(payment);
    assert_eq!(inspect::requeue(&shop.pool, &process).await.unwrap(), 1);
    shop.wait_for(order, PAID_BY_CARD.len()).await;
    running.settle().await.unwrap();
    assert_eq!(shop.story(order).await, PAID_BY_CARD);
    assert_eq!(
        gateway.questions("authorise"),
        1,
        "it is the same question to the end"
    );
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
async fn what_people_give_up_is_gone_and_written_down() {
    let shop = Shop::open_with(Arc::new(Troubled::new(1, Troubled::confused))).await;
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    let saga = inspect::saga(&shop.pool, &order.to_string())
        .await
        .unwrap()
        .unwrap();
    let known = [order.to_string(), "nobody's".to_owned()];
    let sagas = inspect::sagas(&shop.pool, &known).await.unwrap();
    assert_eq!(sagas, HashMap::from([(order.to_string(), saga.clone())]));
    assert_eq!((saga.state.as_str(), saga.tries), ("awaiting_payment", 1));
    assert!(saga.deadline.is_some(), "{saga:?}");
    assert!(saga.last_error.unwrap().contains("the key of the shop is wrong"));

    let why = |reason: &str| Discard {
        by: "ada".to_owned(),
        reason: reason.to_owned(),
    };
    // Nobody gives up without a reason.
    inspect::discard(&shop.pool, &Requeue::All, &why(" "))
        .await
        .unwrap_err();
    assert_eq!(shop.outbox().await, 1);
    let discarded = inspect::discard(&shop.pool, &Requeue::All, &why("paid in cash")).await;
    assert_eq!(discarded.unwrap(), 1);
    assert_eq!(shop.outbox().await, 0);
    let written: Vec<(String, String, String)> =
        sqlx::query_as("SELECT manager, discarded_by, reason FROM process_discards")
            .fetch_all(&shop.pool)
            .await
            .unwrap();
    let expected = ["settlement", "ada", "paid in cash"].map(str::to_owned);
    assert_eq!(written, [expected.into()]);
    // What was written down stays.
    sqlx::query("DELETE FROM process_discards")
        .execute(&shop.pool)
        .await
        .unwrap_err();
}

#[tokio::test]
async fn the_saga_of_an_order_is_shown_to_its_end() {
    let shop = Shop::open().await;
    let nobody = uuid::Uuid::from_u128(1).to_string();
    assert_eq!(inspect::saga(&shop.pool, &nobody).await.unwrap(), None);
    let running = shop.start();
    let order = shop.place(&["TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    let saga = inspect::saga(&shop.pool, &order.to_string())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((saga.state.as_str(), saga.tries), ("completed", 0));
    assert_eq!((saga.deadline, saga.last_error), (None, None));
    assert!(!saga.step.is_empty());
}

#[tokio::test]
async fn a_gateway_that_is_gone_is_left_alone_until_it_is_back() {
    let gateway = Arc::new(Troubled::new(5, Troubled::unreachable));
    let mut shop = Shop::open_with(gateway.clone()).await;
    shop.options.gateway.open_for = Duration::from_millis(200);
    let running = shop.start();
    let mut orders = Vec::new();
    for _ in 0..10 {
        orders.push(shop.place(&["TEA"], card("tok_approved")).await);
    }
    while running
        .statuses()
        .iter()
        .all(|status| status.breaker != Breaker::Open)
    {
        tokio::task::yield_now().await;
    }
    let asked = gateway.calls();
    assert!(asked <= 10, "{asked}");
    running.settle().await.unwrap();
    for order in orders {
        assert_eq!(shop.story(order).await, PAID_BY_CARD);
    }
    assert_eq!(gateway.questions("authorise"), 10);
    assert!(
        running
            .statuses()
            .iter()
            .all(|status| status.breaker == Breaker::Closed)
    );
}

#[tokio::test]
async fn a_process_to_which_nothing_can_happen_any_more_is_forgotten() {
    let mut shop = Shop::open().await;
    let running = shop.start();
    shop.place(&["TEA"], card("tok_declined")).await;
    shop.place(&["TEA"], card("tok_approved")).await;
    running.settle().await.unwrap();
    drop(running);
    sqlx::query("UPDATE processes SET over = true, ended_at = updated_at WHERE manager = 'settlement'")
        .execute(&shop.pool)
        .await
        .unwrap();
    shop.options.forget_after = Duration::ZERO;
    let running = shop.start();
    running.settle().await.unwrap();
    let (left, over): (i64, i64) =
        sqlx::query_as("SELECT count(*), count(*) FILTER (WHERE over) FROM processes")
            .fetch_one(&shop.pool)
            .await
            .unwrap();
    assert!(left > 0);
    assert_eq!(over, 0);
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
