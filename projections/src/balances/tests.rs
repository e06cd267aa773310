use sqlx::Row;

use crate::{
    PageRequest, Schema,
    runner::Pace,
    testing::{Shop, Stage, apply_in, customer_id, table_models},
};

#[tokio::test]
async fn every_account_has_the_balance_that_the_write_side_has() {
    let shop = Shop::with_past(41, 600).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("balances").await.balances();
    let (mut open, mut held) = (0, 0);
    for (id, account) in shop.accounts() {
        let row = reader.account(id).await.unwrap();
        let Ok(account) = account.opened() else {
            assert_eq!(row, None);
            continue;
        };
        let row = row.unwrap();
        assert_eq!((row.owner_id, row.currency), (account.owner_id, account.currency));
        assert_eq!(
            (row.booked.amount, row.available.amount),
            (account.booked, account.available())
        );
        assert_eq!(row.held.amount, account.booked - account.available());
        let sequence = shop.sequences("account").get(&id.to_string()).copied();
        assert_eq!(row.sequence, sequence);
        open += 1;
        held += row.held.amount;
    }
    assert!(open > 2 && held > 0, "{open} accounts, {held} held");
    let owned = reader.accounts(customer_id(1)).await.unwrap();
    assert!(!owned.is_empty() && owned.iter().all(|account| account.owner_id == customer_id(1)));
}

#[tokio::test]
async fn the_entries_of_a_currency_sum_to_zero_at_every_position() {
    let shop = Shop::with_past(42, 1_500).await;
    let stage = Stage::new(shop.log()).await;
    let model = table_models()
        .into_iter()
        .find(|model| model.registered().name == "balances")
        .unwrap();
    let generation = stage.generation(&*model).await;
    apply_in(
        &mut *stage.open(&*model, &generation).await,
        &shop.events().await,
        7,
    )
    .await;
    let schema = Schema::new(&generation.schema_name);
    // A movement is whole within its event, so the running sum after each event must be zero.
    let running = "SELECT position, currency, sum(sum(amount)) OVER (PARTITION BY currency ORDER BY position) AS sum \
                   FROM {schema}.entries GROUP BY position, currency";
    let rows = sqlx::query(&format!(
        "SELECT count(*), count(*) FILTER (WHERE sum <> 0), count(DISTINCT currency) \
                                     FROM ({}) AS r",
        schema.sql(running)
    ))
    .fetch_one(&stage.pool)
    .await
    .unwrap();
    let (movements, wrong, currencies): (i64, i64, i64) = (rows.get(0), rows.get(1), rows.get(2));
    assert!(movements > 40, "{movements} movements");
    assert_eq!((wrong, currencies), (0, 2));
    let cards = "SELECT count(*) FROM {schema}.entries WHERE ledger = 'outside:gateway'";
    let cards: i64 = sqlx::query_scalar(&schema.sql(cards))
        .fetch_one(&stage.pool)
        .await
        .unwrap();
    assert!(cards > 0, "no card was charged");
}

#[tokio::test]
async fn the_trial_balance_is_that_of_the_entries_and_a_statement_adds_up_to_the_balance() {
    let shop = Shop::with_past(43, 600).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("balances").await.balances();
    let books = reader.trial_balance().await.unwrap();
    assert_eq!(books.len(), 2);
    for book in books {
        assert_eq!(
            (book.difference.amount, book.debit.amount + book.credit.amount),
            (0, 0)
        );
        assert!(book.entries > 0);
    }
    for (id, account) in shop.accounts() {
        let (mut sum, mut request) = (0, PageRequest::first(3));
        loop {
            let page = reader.entries(&id.to_string(), &request).await.unwrap();
            sum += page.edges.iter().map(|edge| edge.node.amount.amount).sum::<i64>();
            match page.edges.last().filter(|_| page.has_next_page) {
                Some(last) => request = PageRequest::first(3).after(last.cursor.clone()),
                None => break,
            }
        }
        assert_eq!(sum, account.opened().map_or(0, |account| account.booked));
    }
}

#[tokio::test]
async fn a_stretch_without_events_moves_the_checkpoint_alone() {
    let stage = Stage::new(Shop::new().log()).await;
    let model = table_models()
        .into_iter()
        .find(|model| model.registered().name == "balances")
        .unwrap();
    let generation = stage.generation(&*model).await;
    let mut sink = stage.open(&*model, &generation).await;
    sink.write(Vec::new(), 17, Pace::Live).await.unwrap();
    sink.settle().await.unwrap();
    assert_eq!(stage.open(&*model, &generation).await.position(), 17);
}
