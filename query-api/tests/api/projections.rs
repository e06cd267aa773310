//! `projections`.

use serde_json::json;

use crate::{shop::Shop, stage::Stage};

#[tokio::test]
async fn every_projection_says_how_far_it_is() {
    let shop = Shop::new();
    shop.open(1, 100).await;
    let stage = Stage::new(shop).await;
    let data = stage
        .data(
            "{ projections { name generation state position head lagEvents lagSeconds startedAt updatedAt \
             heartbeatAt error { reason position at } } }",
        )
        .await;
    let projections = data["projections"].as_array().unwrap();
    let names: Vec<_> = projections
        .iter()
        .map(|projection| projection["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["balances", "catalogue", "orders", "products", "stock_levels"]
    );
    for projection in projections {
        assert_eq!(projection["state"], json!("LIVE"), "{projection}");
        assert_eq!(projection["position"], json!(2), "{projection}");
        assert_eq!(projection["error"], json!(null), "{projection}");
    }
}
