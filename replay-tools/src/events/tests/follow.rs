//! Following.

use std::{
    io::{self, Write},
    sync::Arc,
};

use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::args;
use crate::{
    Console, Context, Error, Outcome,
    testing::{ORDER, Shop, shop},
};

/// Lets a test wait for what is printed.
#[derive(Clone)]
struct Screen(Arc<watch::Sender<String>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .send_modify(|text| text.push_str(std::str::from_utf8(bytes).unwrap()));
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Following {
    screen: Screen,
    stop: CancellationToken,
    task: JoinHandle<Result<Outcome, Error>>,
}

impl Following {
    fn start(shop: &Shop, line: &'static [&'static str]) -> Self {
        let (screen, context) = (Screen(Arc::new(watch::Sender::default())), shop.context());
        let (stop, mut out) = (context.stop.clone(), screen.clone());
        let task = tokio::spawn(async move {
            let context: Context = context;
            let mut notes = Vec::new();
            let mut console = Console {
                out: &mut out,
                out_is_terminal: false,
                look: crate::Look::default(),
                notes: &mut notes,
                notes_are_terminal: false,
            };
            crate::events::run(args(line), &context, &mut console).await
        });
        Self { screen, stop, task }
    }

    async fn sees(&self, text: &str) {
        self.screen
            .0
            .subscribe()
            .wait_for(|screen| screen.contains(text))
            .await
            .unwrap();
    }

    /// Ends it as Ctrl-C does.
    async fn end(self) -> String {
        self.stop.cancel();
        assert_eq!(self.task.await.unwrap().unwrap(), Outcome::Fine);
        self.screen.0.borrow().clone()
    }
}

#[tokio::test]
async fn a_new_event_is_seen_and_an_old_one_is_not() {
    let shop = shop().await;
    let following = Following::start(&shop, &["follow"]);
    following.sees("POSITION").await;
    shop.append("order", ORDER, 3, r#"{"OrderDelivered":{}}"#, "{}")
        .await;
    following.sees("OrderDelivered").await;
    let screen = following.end().await;
    assert!(!screen.contains("OrderPlaced"));
    assert!(screen.ends_with("\n\n1 event; covers position 8\n"), "{screen}");
}

#[tokio::test]
async fn following_may_begin_in_the_past_and_be_filtered() {
    let shop = shop().await;
    let line = &[
        "follow",
        "--after",
        "0",
        "--aggregate",
        "order",
        "--id",
        ORDER,
        "--format",
        "json",
    ];
    let following = Following::start(&shop, line);
    following.sees("OrderPaid").await;
    shop.append("stock", "LAMP-BLUE", 0, r#"{"StockReceived":{}}"#, "{}")
        .await;
    shop.append("order", ORDER, 3, r#"{"OrderDelivered":{}}"#, "{}")
        .await;
    following.sees("OrderDelivered").await;
    let events: Vec<serde_json::Value> = serde_json::from_str(&following.end().await).unwrap();
    let names: Vec<&str> = events
        .iter()
        .map(|event| event["event_type"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["OrderPlaced", "OrderConfirmed", "OrderPaid", "OrderDelivered"]
    );
}

#[tokio::test]
async fn nothing_is_a_complete_report_too() {
    let shop = shop().await;
    let following = Following::start(&shop, &["follow", "--after", "9", "--format", "json"]);
    following.sees("[").await;
    assert_eq!(following.end().await, "[]\n");
}
