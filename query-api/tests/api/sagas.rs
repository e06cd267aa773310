//! `order { saga }`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use projections::value::OrderId;
use query_api::{SagaError, SagaView, SagaViews};
use serde_json::json;

use crate::{
    shop::{Shop, order_id},
    stage::Stage,
};

/// Knows the sagas of all orders but the fifth, and notes how many it was asked for each time.
#[derive(Default)]
struct Told {
    asked: Mutex<Vec<usize>>,
    is_broken: bool,
}

#[async_trait]
impl SagaViews for Told {
    async fn sagas(&self, orders: &[OrderId]) -> Result<HashMap<OrderId, SagaView>, SagaError> {
        self.asked.lock().unwrap().push(orders.len());
        if self.is_broken {
            return Err(SagaError::new("the table is gone"));
        }
        let view = SagaView {
            state: "awaiting_payment".to_owned(),
            step: "authorising_payment".to_owned(),
            tries: 3,
            deadline: Some("2026-01-15T12:15:00Z".parse().unwrap()),
            last_error: Some("the gateway does not answer".to_owned()),
        };
        let known = orders.iter().filter(|order| **order != order_id(5));
        Ok(known.map(|order| (*order, view.clone())).collect())
    }
}

async fn shop() -> Shop {
    let shop = Shop::new();
    shop.open(1, 100).await;
    for number in 1..=7 {
        shop.place(number, 1, &[1]).await;
    }
    shop
}

#[tokio::test]
async fn the_sagas_of_a_list_of_orders_are_asked_for_together() {
    let told = Arc::new(Told::default());
    let stage = Stage::with_sagas(shop().await, told.clone()).await;
    let data = stage
        .data("{ orders { nodes { id saga { state step tries deadline lastError } } } }")
        .await;
    let saga = json!({
        "state": "AWAITING_PAYMENT", "step": "authorising_payment", "tries": 3,
        "deadline": "2026-01-15T12:15:00+00:00", "lastError": "the gateway does not answer",
    });
    let expected: Vec<_> = (1..=7)
        .rev()
        .map(|number| {
            let saga = if number == 5 { json!(null) } else { saga.clone() };
            json!({ "id": order_id(number).to_string(), "saga": saga })
        })
        .collect();
    assert_eq!(data["orders"]["nodes"], json!(expected));
    assert_eq!(*told.asked.lock().unwrap(), [7]);

    // The past of a saga is not kept.
    let past = format!(
        "{{ order(id: \"{}\", asOf: {{ position: 3 }}) {{ id saga {{ state }} }} }}",
        order_id(1)
    );
    assert_eq!(stage.data(&past).await["order"]["saga"], json!(null));
    assert_eq!(*told.asked.lock().unwrap(), [7]);
}

#[tokio::test]
async fn sagas_that_cannot_be_told_of_take_nothing_with_them() {
    let broken = Told {
        is_broken: true,
        ..Told::default()
    };
    let stage = Stage::with_sagas(shop().await, Arc::new(broken)).await;
    let answer = stage
        .ask(&format!(
            "{{ order(id: \"{}\") {{ status saga {{ state }} }} }}",
            order_id(1)
        ))
        .await;
    assert_eq!(
        answer["data"]["order"],
        json!({ "status": "PLACED", "saga": null }),
        "{answer}"
    );
    assert_eq!(
        answer["errors"][0]["extensions"]["code"],
        json!("INTERNAL"),
        "{answer}"
    );
    assert!(!answer.to_string().contains("table"), "{answer}");
}
