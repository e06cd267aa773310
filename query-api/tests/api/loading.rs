//! The number of statements does not grow with the number of rows.

use std::cell::Cell;

use tracing::{Event, Subscriber, field::Field, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    layer::{Context, SubscriberExt as _},
};

use crate::{shop::Shop, stage::Stage};

thread_local! {
    /// Each test has a thread and a runtime of its own, so these are the statements of one test.
    static STATEMENTS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the statements that sqlx tells of, but for the looking up of generations: that happens from
/// time to time, whatever is asked.
struct Count;

impl<S: Subscriber> Layer<S> for Count {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut is_look_up = IsLookUp(false);
        event.record(&mut is_look_up);
        if !is_look_up.0 {
            STATEMENTS.set(STATEMENTS.get() + 1);
        }
    }
}

/// Whether a field of an event names the table of generations.
struct IsLookUp(bool);

impl tracing::field::Visit for IsLookUp {
    fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
        self.0 |= format!("{value:?}").contains("projection_generations");
    }
}

#[tokio::test]
async fn a_list_is_loaded_with_as_many_statements_as_one_row() {
    let statements = tracing_subscriber::registry()
        .with(Targets::new().with_target("sqlx::query", LevelFilter::DEBUG))
        .with(Count);
    // For the whole process: what is told under a subscriber of one thread may be missed.
    tracing::subscriber::set_global_default(statements).unwrap();

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
        STATEMENTS.set(0);
        let query = format!(
            "{{ orders(first: {first}) {{ nodes {{ id payment {{ account {{ id }} }} timeline {{ step }} \
             customer {{ orderCount }} lines {{ sku product {{ name variants {{ sku stock {{ available }} \
             lowestPrice(currency: \"EUR\") {{ since }} }} }} }} }} }} }}"
        );
        let data = stage.data(&query).await;
        let orders = data["orders"]["nodes"].as_array().unwrap();
        assert_eq!(orders.len(), first);
        assert_eq!(
            orders[0]["lines"][29]["product"]["variants"][0]["stock"]["available"],
            10
        );
        STATEMENTS.get()
    };
    // Orders, accounts, timelines, customers and their spending, lines, products, variants, stock, prices.
    assert_eq!(counted(1).await, 10);
    // A loader collects keys for a moment, and on a busy machine what belongs together may come in two of them.
    // One statement for each row would be hundreds.
    let statements = counted(20).await;
    assert!((10..=20).contains(&statements), "{statements} statements");
}
