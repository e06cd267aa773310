//! `warehouse` and `warehouses`.

use domain::warehouse::{Warehouse, WarehouseCommand};
use serde_json::json;

use crate::{
    shop::{Shop, text},
    stage::Stage,
};

async fn stage() -> Stage {
    let shop = Shop::new();
    for (code, name) in [("north", "North"), ("south", "South")] {
        let open = WarehouseCommand::Open {
            name: text(name),
            location: Some(text("Harbour 1")),
        };
        shop.send::<Warehouse>(code, open).await;
    }
    shop.send::<Warehouse>("north", WarehouseCommand::Close).await;
    shop.list(1, "Teapot", "home/kitchen", 1_190).await;
    shop.receive(1, "north", None, 9).await;
    shop.receive(1, "cellar", None, 1).await;
    Stage::new(shop).await
}

#[tokio::test]
async fn warehouses_are_listed_and_found_by_their_code() {
    let stage = stage().await;
    let data = stage
        .data(
            "{ warehouses { nodes { code name } } warehouse(code: \"north\") { name location status sequence } \
             none: warehouse(code: \"atlantis\") { name } }",
        )
        .await;
    assert_eq!(
        data["warehouses"]["nodes"],
        json!([{"code": "south", "name": "South"}, {"code": "north", "name": "North"}])
    );
    assert_eq!(
        data["warehouse"],
        json!({"name": "North", "location": "Harbour 1", "status": "CLOSED", "sequence": 2})
    );
    assert_eq!(data["none"], json!(null));
}

#[tokio::test]
async fn the_units_of_a_sku_say_in_which_warehouse_they_lie() {
    let stage = stage().await;
    let data = stage
        .data("{ stock(sku: \"SKU-1\") { warehouses { warehouse onHand details { name status } } } }")
        .await;
    // Units of an old log may lie in a warehouse that was never opened.
    assert_eq!(
        data["stock"]["warehouses"],
        json!([
            {"warehouse": "cellar", "onHand": 1, "details": null},
            {"warehouse": "north", "onHand": 9, "details": {"name": "North", "status": "CLOSED"}},
        ])
    );
}
