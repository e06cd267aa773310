//! The number of statements does not grow with the number of rows.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tracing_subscriber::{Layer, layer::SubscriberExt as _};

use crate::{shop::Shop, stage::Stage};

/// Counts the statements that sqlx tells of.
#[derive(Clone, Default)]
struct Statements(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

// On one thread: the subscriber holds for that thread alone, and so for this test alone.
#[tokio::test]
async fn lists_are_loaded_with_as_many_statements_as_one_row() {
    let shop = Shop::new();
    let products: Vec<u128> = (1..=30).collect();
    for number in &products {
        shop.list(*number, "Teapot", "home", 100).await;
        shop.receive(*number, "north", None, 10).await;
    }
    for number in 1..=20 {
        shop.open(number, 5_000).await;
        shop.place(number, number, &products).await;
    }
    let mut stage = Stage::new(shop).await;
    stage.stop_workers().await;

    let counted = async |first: usize| {
        let statements = Statements::default();
        let subscriber = tracing_subscriber::registry().with(statements.clone());
        let _guard = tracing::subscriber::set_default(subscriber);
        let query = format!(
            "{{ orders(first: {first}) {{ nodes {{ id payment {{ account {{ id }} }} timeline {{ step }} \
             lines {{ sku product {{ name variants {{ sku stock {{ available }} }} }} }} }} }} }}"
        );
        let data = stage.data(&query).await;
        let orders = data["orders"]["nodes"].as_array().unwrap();
        assert_eq!(orders.len(), first);
        assert_eq!(
            orders[0]["lines"][29]["product"]["variants"][0]["stock"]["available"],
            10
        );
        statements.0.load(Ordering::Relaxed)
    };
    // The first question of all looks up which generations are live.
    counted(1).await;
    let (one, many) = (counted(1).await, counted(10).await);
    assert!(one >= 7, "{one} statements: nothing was counted");
    assert_eq!(one, many);
}
