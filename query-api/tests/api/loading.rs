//! The number of statements does not grow with the number of rows.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tracing_subscriber::{Layer, layer::SubscriberExt as _};

use crate::{shop::Shop, stage::Stage};

/// Counts the statements that sqlx tells of, but for the looking up of generations: that happens from
/// time to time, whatever is asked.
#[derive(Clone, Default)]
struct Statements(Arc<AtomicUsize>);

/// Whether a field of an event names the table of generations.
struct IsLookUp(bool);

impl tracing::field::Visit for IsLookUp {
    fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0 |= format!("{value:?}").contains("projection_generations");
    }
}

impl Statements {
    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        let mut is_look_up = IsLookUp(false);
        event.record(&mut is_look_up);
        if event.metadata().target() == "sqlx::query" && !is_look_up.0 {
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

    let statements = Statements::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(statements.clone()));
    let counted = async |first: usize| {
        let before = statements.count();
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
        statements.count() - before
    };
    // Orders, accounts, timelines, lines, products, variants, stock.
    assert_eq!((counted(1).await, counted(10).await), (7, 7));
}
