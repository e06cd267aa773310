use std::collections::BTreeMap;

use serde_json::json;

use crate::testing::{Shop, Stage, product_id, sku};

#[tokio::test]
async fn every_product_is_as_the_write_side_has_it() {
    let shop = Shop::with_past(61, 600).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("products").await.products();
    let (mut seen, mut priced) = (0, 0);
    for (id, product) in shop.products() {
        let row = reader.product(id).await.unwrap();
        let Ok(product) = product.listed() else {
            assert_eq!(row, None);
            continue;
        };
        let row = row.unwrap();
        assert_eq!((row.name, row.active), (product.name.to_string(), product.active));
        assert_eq!(row.slug, product.slug);
        let sequence = shop.sequences("product").get(&id.to_string()).copied();
        assert_eq!(Some(row.sequence), sequence);
        assert_eq!(
            row.categories,
            product
                .categories
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        );
        let variants = reader.variants_of(&[id]).await.unwrap().remove(&id).unwrap();
        let skus: Vec<_> = variants.iter().map(|variant| variant.sku.clone()).collect();
        assert_eq!(
            skus,
            product
                .variants
                .iter()
                .map(|variant| variant.sku.clone())
                .collect::<Vec<_>>()
        );
        for variant in variants {
            let prices = variant
                .prices
                .iter()
                .map(|price| (price.price.currency, price.price.amount));
            let expected = product.prices.get(&variant.sku).cloned().unwrap_or_default();
            assert_eq!(prices.collect::<BTreeMap<_, _>>(), expected);
            priced += expected.len();
        }
        seen += 1;
    }
    assert!(seen > 2 && priced > 4, "{seen} products, {priced} prices");
}

#[tokio::test]
async fn a_product_is_found_by_slug_and_by_sku() {
    let mut shop = Shop::new();
    shop.list(1, "Teapot", "home/kitchen").await;
    shop.list(2, "Desk lamp", "home/office").await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("products").await.products();
    let by_slug = reader.product_by_slug("product-2").await.unwrap().unwrap();
    let by_sku = reader.product_by_sku(&sku(5)).await.unwrap().unwrap();
    assert_eq!((by_slug.id, by_sku.id), (product_id(2), product_id(2)));
    assert_eq!(reader.product_by_slug("product-3").await.unwrap(), None);
    assert_eq!(reader.product_by_sku(&sku(9)).await.unwrap(), None);
}

#[tokio::test]
async fn a_product_from_before_there_were_rules_is_shown_in_one_form_and_without_scripts() {
    let listed = json!({"ProductCreated": {
        "name": "Rug", "slug": "rug", "categories": ["/Rugs //wool/"], "tags": [" Size:  large", "\u{200b}"],
        "images": [{"url": "javascript:alert(1)"}, {"url": "https://example.org/1.jpg"}],
        "variants": [{"sku": ".."}], "tax_rate_bp": 0,
    }});
    let shop = Shop::new();
    shop.listed_before(1, &listed).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("products").await.products();
    let product = reader.product(product_id(1)).await.unwrap().unwrap();
    assert_eq!(product.categories, ["Rugs/wool"]);
    assert_eq!(product.tags, ["Size:large", "\u{200b}"]);
    let urls: Vec<&str> = product.images.iter().map(|image| image.url.as_str()).collect();
    assert_eq!(urls, ["https://example.org/1.jpg"]);
    let variants = reader.variants_of(&[product_id(1)]).await.unwrap();
    assert_eq!(variants[&product_id(1)][0].sku.as_str(), "..");
}
