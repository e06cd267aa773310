use crate::{
    ProjectionError, TextFormat,
    testing::{Shop, Stage},
};

#[tokio::test]
async fn a_planted_difference_is_found_and_nothing_else() {
    let shop = Shop::with_past(101, 400).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    projections.rebuild("balances", |_| {}).await.unwrap();
    projections.prepare("balances", |_| {}).await.unwrap();
    let equal = projections.compare("balances", 1, 2, 10).await.unwrap();
    assert!(equal.is_equal() && equal.differences.is_empty(), "{equal:?}");
    assert_eq!(equal.left.position, shop.head().await);
    for planted in [
        "UPDATE balances_g2.accounts SET booked = booked + 1 WHERE account_id = (SELECT min(account_id::text)::uuid FROM balances_g2.accounts)",
        "DELETE FROM balances_g2.entries WHERE position = (SELECT min(position) FROM balances_g2.entries)",
        "INSERT INTO balances_g2.ledgers VALUES ('nobody', 'EUR', 1, 1)",
    ] {
        sqlx::query(planted).execute(&stage.pool).await.unwrap();
    }
    let found = projections.compare("balances", 1, 2, 10).await.unwrap();
    let counts: Vec<(&str, i64)> = found
        .tables
        .iter()
        .map(|table| (table.table.as_str(), table.differing_rows))
        .collect();
    let expected = [
        ("account_history", 0),
        ("accounts", 1),
        ("entries", 2),
        ("ledgers", 1),
    ];
    assert_eq!(counts, expected);
    let sides: Vec<(&str, bool, bool)> = found
        .differences
        .iter()
        .map(|row| (row.table.as_str(), row.left.is_some(), row.right.is_some()))
        .collect();
    let expected = [
        ("accounts", true, true),
        ("entries", true, false),
        ("entries", true, false),
        ("ledgers", false, true),
    ];
    assert_eq!(sides, expected);
    let bounded = projections.compare("balances", 1, 2, 1).await.unwrap();
    assert_eq!(
        (bounded.differences.len(), bounded.tables[2].differing_rows),
        (3, 2)
    );
}

#[tokio::test]
async fn an_export_has_every_row_in_the_order_of_its_key() {
    let shop = Shop::with_past(102, 400).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    projections.rebuild("orders", |_| {}).await.unwrap();
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM orders_g1.timeline")
        .fetch_one(&stage.pool)
        .await
        .unwrap();
    let count = usize::try_from(count).unwrap();
    assert!(count > 20);
    for (format, header) in [(TextFormat::Csv, 1), (TextFormat::Ndjson, 0)] {
        let mut bytes = Vec::new();
        let exported = projections.export_text("orders", None, "timeline", format, |chunk| {
            bytes.extend_from_slice(chunk);
            Ok(())
        });
        assert_eq!(exported.await.unwrap().at.position, shop.head().await);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count(), count + header);
        if format == TextFormat::Ndjson {
            let rows: Vec<serde_json::Value> = text
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            let keys: Vec<_> = rows
                .iter()
                .map(|row| {
                    (
                        row["order_id"].as_str().unwrap(),
                        row["position"].as_i64().unwrap(),
                    )
                })
                .collect();
            assert!(keys.is_sorted());
            // Quotes and backslashes of people come through as they are.
            assert!(text.contains(r#"too \"dear\""#), "{text}");
        }
    }
    let (mut columns, mut rows) = (0, 0);
    let exported = projections.export_rows(
        "orders",
        Some(1),
        "timeline",
        |all| {
            columns = all.len();
            Ok(())
        },
        |row| {
            rows += row.len();
            Ok(())
        },
    );
    assert_eq!(exported.await.unwrap().rows, Some(u64::try_from(count).unwrap()));
    assert_eq!(rows, columns * count);
}

#[tokio::test]
async fn only_whole_tables_that_exist_are_shown() {
    let shop = Shop::with_past(103, 50).await;
    let stage = Stage::new(shop.log()).await;
    let projections = stage.projections();
    projections.rebuild("orders", |_| {}).await.unwrap();
    let nothing = |_: &[u8]| Ok(());
    let unknown = projections.export_text(
        "orders",
        None,
        "orders; DROP TABLE events",
        TextFormat::Csv,
        nothing,
    );
    assert!(matches!(unknown.await, Err(ProjectionError::UnknownTable { .. })));
    let index = projections.tables("catalogue", None).await;
    assert!(matches!(index, Err(ProjectionError::NoTables("catalogue"))));
    let unbuilt = projections.compare("orders", 1, 9, 1).await;
    assert!(matches!(
        unbuilt,
        Err(ProjectionError::UnknownGeneration { generation: 9, .. })
    ));
    let table_model = &crate::testing::table_models()[0];
    let begun = stage.generation(&**table_model).await;
    let begun = projections.tables("orders", Some(begun.number)).await;
    assert!(matches!(begun, Err(ProjectionError::Incomplete { .. })));
}
