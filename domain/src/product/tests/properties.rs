//! What always holds of a product, whatever it is asked.

use proptest::{collection::vec, option, prelude::*};

use super::{Image, Product, ProductChange, ProductCommand, ProductDraft, ProductEvent, Variant, listed};
use crate::{
    testing::{
        arbitrary::{few, money, skus, texts},
        laws::aggregate_laws,
    },
    value::{Slug, WebAddress},
};

aggregate_laws!(Product, commands(), events(), always);

fn addresses() -> impl Strategy<Value = WebAddress> {
    few(&[
        "https://images.example/1.jpg",
        "http://images.example/2.jpg?size=3",
    ])
}

fn images() -> impl Strategy<Value = Vec<Image>> {
    vec(
        (addresses(), option::of(texts())).prop_map(|(url, alt)| Image { url, alt }),
        0..3,
    )
}

fn drafts() -> impl Strategy<Value = ProductDraft> {
    let variant = (skus(), option::of(texts())).prop_map(|(sku, name)| Variant { sku, name });
    let words = (texts(), few::<Slug>(&["lamp", "chair-2"]), option::of(texts()));
    let lists = (
        vec(texts(), 0..3),
        vec(texts(), 0..3),
        images(),
        vec(variant, 0..4),
    );
    (words, lists, any::<u16>()).prop_map(
        |((name, slug, description), (categories, tags, images, variants), tax_rate_bp)| ProductDraft {
            name,
            slug,
            description,
            categories,
            tags,
            images,
            variants,
            tax_rate_bp: tax_rate_bp % 12_000,
        },
    )
}

fn changes() -> impl Strategy<Value = ProductChange> {
    let lists = (
        option::of(vec(texts(), 0..22)),
        option::of(vec(texts(), 0..3)),
        option::of(images()),
    );
    (
        option::of(texts()),
        option::of(texts()),
        lists,
        option::of(any::<bool>()),
    )
        .prop_map(
            |(name, description, (categories, tags, images), active)| ProductChange {
                name,
                description,
                categories,
                tags,
                images,
                active,
            },
        )
}

fn commands() -> impl Strategy<Value = ProductCommand> {
    prop_oneof![
        drafts().prop_map(ProductCommand::Create),
        (drafts(), vec(money(), 0..4))
            .prop_map(|(draft, prices)| ProductCommand::CreatePriced { draft, prices }),
        changes().prop_map(ProductCommand::Update),
        (option::of(skus()), money()).prop_map(|(sku, price)| ProductCommand::SetPrice { sku, price }),
    ]
}

pub(crate) fn events() -> impl Strategy<Value = ProductEvent> {
    prop_oneof![
        drafts().prop_map(listed),
        changes().prop_map(ProductEvent::Updated),
        (skus(), money()).prop_map(|(sku, price)| ProductEvent::PriceSet { sku, price }),
    ]
}

/// Every price is above zero and of a variant that the product has.
fn always(product: &Product, _history: &[ProductEvent]) {
    let Product::Listed(product) = product else {
        return;
    };
    for (sku, prices) in &product.prices {
        assert!(product.variants.iter().any(|variant| variant.sku == *sku));
        assert!(prices.values().all(|amount| *amount > 0));
    }
}
