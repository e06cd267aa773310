//! The rules of a product.

mod properties;

use cqrs_es::test::TestFramework;

use super::{
    Image, MAX_CATEGORIES, MAX_FIRST_PRICES, MAX_TAGS, MAX_TAX_RATE_BP, MAX_VARIANTS, Product, ProductChange,
    ProductCommand, ProductDraft, ProductError, ProductEvent, Variant,
};
use crate::{
    Claim, Refusal, RefusalKind,
    testing::{
        given,
        value::{currency, eur, sku, text, usd},
        when,
    },
    value::{Currency, Money},
};

/// A lamp in two variants.
fn lamp() -> ProductDraft {
    ProductDraft {
        name: text("Lamp"),
        slug: text("lamp"),
        description: Some(text("Gives light.")),
        categories: vec![text("home/light")],
        tags: vec![text("evening")],
        images: vec![Image {
            url: text("https://images.example/lamp.jpg"),
            alt: None,
        }],
        variants: vec![
            Variant {
                sku: sku("LAMP-RED"),
                name: Some(text("red")),
            },
            Variant {
                sku: sku("LAMP"),
                name: None,
            },
        ],
        tax_rate_bp: 1900,
    }
}

fn listed(draft: ProductDraft) -> ProductEvent {
    ProductEvent::Created {
        name: draft.name,
        slug: draft.slug,
        description: draft.description,
        categories: draft.categories,
        tags: draft.tags,
        images: draft.images,
        variants: draft.variants,
        tax_rate_bp: draft.tax_rate_bp,
    }
}

fn create(change: impl FnOnce(&mut ProductDraft)) -> ProductCommand {
    let mut draft = lamp();
    change(&mut draft);
    ProductCommand::Create(draft)
}

fn set_price(name: Option<&str>, price: Money) -> ProductCommand {
    ProductCommand::SetPrice {
        sku: name.map(sku),
        price,
    }
}

fn price_set(name: &str, price: Money) -> ProductEvent {
    ProductEvent::PriceSet {
        sku: sku(name),
        price,
    }
}

fn variants(count: usize) -> Vec<Variant> {
    let variant = |number| Variant {
        sku: sku(&format!("V{number}")),
        name: None,
    };
    (0..count).map(variant).collect()
}

fn images(count: usize) -> Vec<Image> {
    vec![lamp().images[0].clone(); count]
}

/// The product after its events, which must have listed it.
fn after(events: impl IntoIterator<Item = ProductEvent>) -> Box<super::ListedProduct> {
    match given(events).state() {
        Product::Listed(product) => product,
        Product::Unlisted => panic!("the product is listed"),
    }
}

#[test]
fn a_product_is_listed_with_all_that_is_said_of_it() {
    when(create(|_| {})).then([listed(lamp())]);
    assert!(after([listed(lamp())]).active);
}

#[test]
fn a_product_is_listed_once() {
    given([listed(lamp())])
        .when(create(|_| {}))
        .then_refused(ProductError::AlreadyListed);
}

#[test]
fn a_product_has_at_least_one_variant_and_not_too_many() {
    for count in [0, MAX_VARIANTS + 1] {
        when(create(|draft| draft.variants = variants(count))).then_refused(ProductError::VariantCount);
    }
    for count in [1, MAX_VARIANTS] {
        let draft = ProductDraft {
            variants: variants(count),
            ..lamp()
        };
        when(ProductCommand::Create(draft.clone())).then([listed(draft)]);
    }
}

#[test]
fn two_variants_of_a_product_have_two_skus() {
    when(create(|draft| draft.variants.extend(lamp().variants)))
        .then_refused(ProductError::SkuTwice(sku("LAMP-RED")));
}

#[test]
fn a_rate_of_tax_is_at_most_all_of_the_price() {
    when(create(|draft| draft.tax_rate_bp = MAX_TAX_RATE_BP + 1)).then_refused(ProductError::TaxRate);
    when(create(|draft| draft.tax_rate_bp = u16::MAX)).then_refused(ProductError::TaxRate);
}

#[test]
fn the_lists_of_a_product_have_a_bound() {
    when(create(|draft| {
        draft.categories = vec![text("home"); MAX_CATEGORIES + 1];
    }))
    .then_refused(ProductError::TooManyCategories);
    when(create(|draft| draft.tags = vec![text("new"); MAX_TAGS + 1]))
        .then_refused(ProductError::TooManyTags);
    when(create(|draft| draft.images = images(MAX_TAGS + 1))).then_refused(ProductError::TooManyImages);
}

#[test]
fn the_lists_of_a_change_have_the_same_bound() {
    let refused = |change, error| {
        given([listed(lamp())])
            .when(ProductCommand::Update(change))
            .then_refused(error);
    };
    let categories = Some(vec![text("home"); MAX_CATEGORIES + 1]);
    refused(
        ProductChange {
            categories,
            ..ProductChange::default()
        },
        ProductError::TooManyCategories,
    );
    let tags = Some(vec![text("new"); MAX_TAGS + 1]);
    refused(
        ProductChange {
            tags,
            ..ProductChange::default()
        },
        ProductError::TooManyTags,
    );
    let images = Some(images(MAX_TAGS + 1));
    refused(
        ProductChange {
            images,
            ..ProductChange::default()
        },
        ProductError::TooManyImages,
    );
}

#[test]
fn a_change_is_recorded_as_it_was_asked_for() {
    let change = ProductChange {
        name: Some(text("Bright lamp")),
        active: Some(false),
        ..ProductChange::default()
    };
    given([listed(lamp())])
        .when(ProductCommand::Update(change.clone()))
        .then([ProductEvent::Updated(change)]);
}

#[test]
fn a_change_leaves_what_it_does_not_name() {
    let change = ProductChange {
        name: Some(text("Bright lamp")),
        tags: Some(Vec::new()),
        active: Some(false),
        ..ProductChange::default()
    };
    let before = after([listed(lamp())]);
    let mut expected = before.clone();
    expected.name = text("Bright lamp");
    expected.tags = Vec::new();
    expected.active = false;
    assert_eq!(after([listed(lamp()), ProductEvent::Updated(change)]), expected);
}

#[test]
fn a_change_can_name_every_field() {
    let change = ProductChange {
        name: Some(text("Torch")),
        description: Some(text("For outside.")),
        categories: Some(vec![text("garden")]),
        tags: Some(vec![text("night")]),
        images: Some(Vec::new()),
        active: Some(true),
    };
    let product = after([listed(lamp()), ProductEvent::Updated(change)]);
    assert_eq!(product.name, text("Torch"));
    assert_eq!(product.description, Some(text("For outside.")));
    assert_eq!(product.categories, [text("garden")]);
    assert_eq!(product.tags, [text("night")]);
    assert_eq!(product.images, []);
}

#[test]
fn a_change_names_something() {
    given([listed(lamp())])
        .when(ProductCommand::Update(ProductChange::default()))
        .then_refused(ProductError::NothingToChange);
}

#[test]
fn a_product_that_nobody_listed_cannot_change() {
    when(set_price(None, eur(100))).then_refused(ProductError::Unknown);
    when(ProductCommand::Update(ProductChange::default())).then_refused(ProductError::Unknown);
}

#[test]
fn a_price_is_set_for_one_variant() {
    given([listed(lamp())])
        .when(set_price(Some("LAMP"), eur(1999)))
        .then([price_set("LAMP", eur(1999))]);
}

#[test]
fn a_price_without_a_variant_is_for_all_of_them() {
    given([listed(lamp())])
        .when(set_price(None, eur(1999)))
        .then([price_set("LAMP-RED", eur(1999)), price_set("LAMP", eur(1999))]);
}

#[test]
fn the_asynchronous_half_of_an_aggregate_decides_the_same() {
    TestFramework::<Product>::with(())
        .given(vec![listed(lamp())])
        .when(set_price(None, eur(1999)))
        .then_expect_events(vec![
            price_set("LAMP-RED", eur(1999)),
            price_set("LAMP", eur(1999)),
        ]);
}

#[test]
fn a_price_that_stays_as_it_is_is_no_event() {
    given([listed(lamp()), price_set("LAMP", eur(1999))])
        .when(set_price(Some("LAMP"), eur(1999)))
        .then_nothing();
    given([listed(lamp()), price_set("LAMP", eur(1999))])
        .when(set_price(None, eur(1999)))
        .then([price_set("LAMP-RED", eur(1999))]);
}

#[test]
fn a_variant_has_one_price_in_each_currency() {
    let product = after([
        listed(lamp()),
        price_set("LAMP", eur(1999)),
        price_set("LAMP", usd(2199)),
        price_set("LAMP", eur(1799)),
    ]);
    assert_eq!(product.find_price(&sku("LAMP"), Currency::EUR), Some(eur(1799)));
    assert_eq!(product.find_price(&sku("LAMP"), currency("USD")), Some(usd(2199)));
    assert_eq!(product.find_price(&sku("LAMP"), currency("JPY")), None);
    assert_eq!(product.find_price(&sku("LAMP-RED"), Currency::EUR), None);
}

#[test]
fn a_price_is_above_zero() {
    for amount in [0, -1, i64::MIN] {
        given([listed(lamp())])
            .when(set_price(None, eur(amount)))
            .then_refused(ProductError::PriceNotPositive);
    }
}

#[test]
fn a_price_is_for_a_variant_of_the_product() {
    given([listed(lamp())])
        .when(set_price(Some("CHAIR"), eur(100)))
        .then_refused(ProductError::NoSuchVariant(sku("CHAIR")));
}

#[test]
fn a_customer_reads_the_name_of_the_product_and_of_its_variant() {
    let product = after([listed(lamp())]);
    assert_eq!(product.title(&sku("LAMP-RED")), "Lamp, red");
    assert_eq!(product.title(&sku("LAMP")), "Lamp");
}

#[test]
fn a_slug_and_every_sku_belong_to_one_product() {
    assert_eq!(
        listed(lamp()).claims(),
        [
            Claim::new("product.slug", "lamp"),
            ProductEvent::sku_claim(&sku("LAMP-RED")),
            ProductEvent::sku_claim(&sku("LAMP")),
            Claim::new("product.sku_in_any_case", "lamp-red"),
            Claim::new("product.sku_in_any_case", "lamp"),
        ]
    );
    assert_eq!(price_set("LAMP", eur(1)).claims(), []);
}

#[test]
fn a_refusal_tells_programs_what_it_is_about() {
    let about = |error: ProductError| (error.code(), error.kind(), error.field());
    assert_eq!(
        about(ProductError::Unknown),
        ("unknown_product", RefusalKind::Unknown, None)
    );
    assert_eq!(
        about(ProductError::AlreadyListed),
        ("product_already_listed", RefusalKind::AlreadyExists, None)
    );
    assert_eq!(
        about(ProductError::NoSuchVariant(sku("A"))),
        ("no_such_variant", RefusalKind::Rule, Some("sku"))
    );
    assert_eq!(
        ProductError::SkuTwice(sku("A")).to_string(),
        "the SKU A appears twice"
    );
}

fn create_priced(prices: &[Money]) -> ProductCommand {
    ProductCommand::CreatePriced {
        draft: lamp(),
        prices: prices.to_vec(),
    }
}

#[test]
fn a_product_is_listed_together_with_its_prices() {
    when(create_priced(&[eur(1999), usd(2199)])).then([
        listed(lamp()),
        price_set("LAMP-RED", eur(1999)),
        price_set("LAMP", eur(1999)),
        price_set("LAMP-RED", usd(2199)),
        price_set("LAMP", usd(2199)),
    ]);
    when(create_priced(&[])).then([listed(lamp())]);
}

#[test]
fn a_product_whose_price_is_wrong_is_not_listed() {
    when(create_priced(&[usd(1), eur(0)])).then_refused(ProductError::PriceNotPositive);
    when(create_priced(&[eur(1), usd(1), eur(2)])).then_refused(ProductError::CurrencyTwice(Currency::EUR));
    when(create_priced(&vec![eur(1); MAX_FIRST_PRICES + 1])).then_refused(ProductError::TooManyPrices);
    given([listed(lamp())])
        .when(create_priced(&[eur(1)]))
        .then_refused(ProductError::AlreadyListed);
}

#[test]
fn a_sku_that_clients_remove_from_an_address_is_not_listed() {
    for name in [".", ".."] {
        when(create(|draft| draft.variants[0].sku = sku(name)))
            .then_refused(ProductError::SkuNotAddressable(sku(name)));
    }
    for name in ["...", "..a", "a.", "-", "_"] {
        let mut draft = lamp();
        draft.variants[0].sku = sku(name);
        when(ProductCommand::Create(draft.clone())).then([listed(draft)]);
    }
}

#[test]
fn two_variants_differ_by_more_than_case() {
    when(create(|draft| draft.variants[1].sku = sku("Lamp-red")))
        .then_refused(ProductError::SkuTwice(sku("Lamp-red")));
}
