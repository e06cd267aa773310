use domain::warehouse::{WarehouseCommand, WarehouseStatus};

use crate::{
    PageRequest,
    testing::{Shop, Stage, text},
};

fn open(name: &str) -> WarehouseCommand {
    WarehouseCommand::Open {
        name: text(name),
        location: None,
    }
}

#[tokio::test]
async fn warehouses_are_listed_with_the_one_that_was_opened_last_first() {
    let mut shop = Shop::new();
    shop.warehouse("berlin", open("Berlin")).await;
    shop.warehouse("hamburg", open("Hamburg")).await;
    let change = WarehouseCommand::Change {
        name: Some(text("Berlin West")),
        location: Some(text("Borsigturm 2")),
    };
    shop.warehouse("berlin", change).await;
    shop.warehouse("berlin", WarehouseCommand::Close).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("warehouses").await.warehouses();
    let page = reader.warehouses(&PageRequest::first(1)).await.unwrap();
    assert!(page.has_next_page);
    let next = PageRequest::first(1).after(page.edges[0].cursor.clone());
    let rest = reader.warehouses(&next).await.unwrap();
    assert!(!rest.has_next_page);
    let told: Vec<_> = page
        .nodes()
        .chain(rest.nodes())
        .map(|found| {
            (
                found.code,
                found.name,
                found.location,
                found.status,
                found.sequence,
            )
        })
        .collect();
    let text = str::to_owned;
    let expected = [
        (text("hamburg"), text("Hamburg"), None, text("open"), 1),
        (
            text("berlin"),
            text("Berlin West"),
            Some(text("Borsigturm 2")),
            text("closed"),
            4,
        ),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn every_warehouse_is_as_the_write_side_has_it() {
    let shop = Shop::with_past(161, 400).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("warehouses").await.warehouses();
    let sequences = shop.sequences("warehouse");
    let mut seen = 0;
    for (code, warehouse) in shop.warehouses() {
        let row = reader
            .warehouses_by_code(&[code.to_owned()])
            .await
            .unwrap()
            .remove(code);
        let Ok(warehouse) = warehouse.opened() else {
            assert_eq!(row, None);
            continue;
        };
        let row = row.unwrap();
        assert_eq!(row.name, warehouse.name.to_string());
        assert_eq!(row.location, warehouse.location.as_ref().map(ToString::to_string));
        assert_eq!(row.status == "open", warehouse.status == WarehouseStatus::Open);
        assert_eq!(Some(row.sequence), sequences.get(code).copied());
        seen += 1;
    }
    assert!(seen > 1, "{seen} warehouses");
}
