//! `projections`.

use projections::registry;
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
             heartbeatAt schemaVersion upTo progress rate etaSeconds paused skippedEvents \
             error { reason position at } } }",
        )
        .await;
    let projections = data["projections"].as_array().unwrap();
    let names: Vec<_> = projections
        .iter()
        .map(|projection| projection["name"].as_str().unwrap())
        .collect();
    let mut expected: Vec<_> = registry().iter().map(|model| model.name).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    for projection in projections {
        assert_eq!(projection["state"], json!("LIVE"), "{projection}");
        assert_eq!(projection["position"], json!(2), "{projection}");
        assert_eq!(projection["error"], json!(null), "{projection}");
        assert_eq!(projection["upTo"], json!(null), "{projection}");
        assert_eq!(projection["progress"], json!(1.0), "{projection}");
        assert_eq!(projection["etaSeconds"], json!(0.0), "{projection}");
        assert_eq!(projection["paused"], json!(false), "{projection}");
        assert_eq!(projection["skippedEvents"], json!(0), "{projection}");
    }
}
