//! Reading what one has just written.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use projections::value::OrderId;
use query_api::{QueryOptions, SagaError, SagaView, SagaViews};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    shop::{Shop, account_id, order_id},
    stage::Stage,
};

async fn shop() -> Shop {
    let shop = Shop::new();
    shop.open(1, 100).await;
    shop
}

fn available(arguments: &str) -> String {
    format!(
        "{{ account(id: \"{}\"{arguments}) {{ available {{ amount }} }} }}",
        account_id(1)
    )
}

#[tokio::test]
async fn a_query_sees_what_was_written_at_its_position() {
    let stage = Stage::new(shop().await).await;
    for number in 2..=20 {
        let position = stage.shop.deposit(1, 100, &format!("deposit {number}")).await;
        let by_argument = available(&format!(", atLeastPosition: {position}"));
        let answer = if number % 2 == 0 {
            stage.ask(&by_argument).await
        } else {
            let body = json!({ "query": available("") }).to_string();
            stage
                .post(&body, &[("Souk-At-Least-Position", &position.to_string())])
                .await
                .2
        };
        let amount = (number * 100).to_string();
        assert_eq!(
            answer["data"]["account"]["available"]["amount"],
            json!(amount),
            "{answer}"
        );
        assert!(
            answer["extensions"]["position"].as_i64().unwrap() >= position,
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_position_that_does_not_come_is_waited_for_and_then_given_up() {
    let options = QueryOptions {
        max_wait: Duration::from_millis(100),
        ..QueryOptions::default()
    };
    let stage = Stage::with(shop().await, options).await;
    let (code, error) = stage.error(&available(", atLeastPosition: 1000")).await;
    assert_eq!(code, "STALE");
    let told = json!({ "code": "STALE", "projection": "balances", "position": 2, "atLeastPosition": 1000 });
    assert_eq!(error["extensions"], told);

    let body = json!({ "query": available("") }).to_string();
    let (_, _, answer) = stage.post(&body, &[("souk-at-least-position", "1000")]).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], json!("STALE"));
    assert_eq!(answer["data"], json!({ "account": null }));
}

#[tokio::test]
async fn the_argument_holds_for_its_field_and_all_below_and_for_no_other() {
    let shop = shop().await;
    shop.place(1, 1, &[1]).await;
    let options = QueryOptions {
        max_wait: Duration::from_millis(100),
        ..QueryOptions::default()
    };
    let mut stage = Stage::with(shop, options).await;
    stage.stop_workers().await;
    let query = format!(
        "{{ late: {} early: {} }}",
        format_args!(
            "order(id: \"{}\", atLeastPosition: 3) {{ payment {{ account {{ id }} }} }}",
            order_id(1)
        ),
        format_args!("account(id: \"{}\") {{ id }}", account_id(1)),
    );
    assert_eq!(
        stage.data(&query).await["early"]["id"],
        json!(account_id(1).to_string())
    );
    let answer = stage
        .ask(&query.replace("atLeastPosition: 3", "atLeastPosition: 4"))
        .await;
    assert_eq!(
        answer["data"]["early"]["id"],
        json!(account_id(1).to_string()),
        "{answer}"
    );
    assert_eq!(answer["data"].get("late"), Some(&json!(null)), "{answer}");
    assert_eq!(answer["errors"][0]["path"], json!(["late"]));
}

#[tokio::test]
async fn an_answer_says_which_projections_it_used_and_how_far_they_were() {
    let shop = shop().await;
    shop.place(1, 1, &[1]).await;
    let stage = Stage::new(shop).await;
    let answer = stage
        .ask(&format!(
            "{{ order(id: \"{}\") {{ payment {{ account {{ id }} }} }} }}",
            order_id(1)
        ))
        .await;
    let beside_cost = |answer: &Value| {
        let mut extensions = answer["extensions"].clone();
        assert!(extensions.as_object_mut().unwrap().remove("cost").is_some());
        extensions
    };
    assert_eq!(
        beside_cost(&answer),
        json!({ "position": 3, "projections": { "orders": 3, "balances": 3 } })
    );
    let nothing = stage.ask("{ __typename }").await;
    assert_eq!(beside_cost(&nothing), json!({}), "{nothing}");
}

#[tokio::test]
async fn a_position_that_is_none_is_refused() {
    let stage = Stage::new(shop().await).await;
    let (code, error) = stage.error(&available(", atLeastPosition: -1")).await;
    assert_eq!(
        (code.as_str(), &error["extensions"]["argument"]),
        ("INVALID_ARGUMENT", &json!("atLeastPosition"))
    );
    let (code, _) = stage.error(&available(", atLeastPosition: \"1\"")).await;
    assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
    for header in ["-1", "one", "", "99999999999999999999"] {
        let body = json!({ "query": available("") }).to_string();
        let (status, _, answer) = stage.post(&body, &[("souk-at-least-position", header)]).await;
        assert_eq!(status, 400);
        assert_eq!(
            answer["errors"][0]["extensions"]["code"],
            json!("INVALID_ARGUMENT"),
            "{header:?}"
        );
    }
}

/// Ends every session of the server while an answer is made, as a crash of the server does; once.
#[derive(Default)]
struct Crash(Mutex<Option<PgPool>>);

#[async_trait]
impl SagaViews for Crash {
    async fn sagas(&self, _orders: &[OrderId]) -> Result<HashMap<OrderId, SagaView>, SagaError> {
        let pool = self.0.lock().unwrap().take();
        if let Some(pool) = pool {
            let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            sqlx::query(end).execute(&pool).await.unwrap();
        }
        Ok(HashMap::new())
    }
}

#[tokio::test]
async fn an_answer_during_which_the_server_crashed_is_not_given() {
    let (shop, crash) = (shop().await, Arc::new(Crash::default()));
    shop.place(1, 1, &[1]).await;
    let stage = Stage::with_sagas(shop, crash.clone()).await;
    let query = format!(
        "{{ order(id: \"{}\") {{ status saga {{ state }} }} }}",
        order_id(1)
    );
    let well = stage.ask(&query).await;
    assert_eq!(well["data"]["order"]["status"], "PLACED", "{well}");

    *crash.0.lock().unwrap() = Some(stage.pool());
    let crashed = stage.ask(&query).await;
    assert_eq!(crashed["data"], json!(null), "{crashed}");
    assert_eq!(
        crashed["errors"][0]["extensions"]["code"], "UNAVAILABLE",
        "{crashed}"
    );
    let asking = async {
        // Connections of the pool find out one by one that they are dead.
        while stage.ask(&query).await["data"]["order"]["status"] != "PLACED" {}
    };
    tokio::time::timeout(crate::stage::LONG, asking).await.unwrap();
}
