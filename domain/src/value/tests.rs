//! What a value accepts and what it refuses, also when it is read from JSON.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{CountryCode, OrderId, Quantity, Sku, Slug, WarehouseCode};
use crate::testing::value::units;

fn reads<T: DeserializeOwned>(value: Value) -> bool {
    serde_json::from_value::<T>(value).is_ok()
}

#[track_caller]
fn takes<T: DeserializeOwned>(values: &[&str]) {
    for value in values {
        assert!(reads::<T>(json!(value)), "{value:?}");
    }
}

#[track_caller]
fn refuses<T: DeserializeOwned>(values: &[&str]) {
    for value in values {
        assert!(!reads::<T>(json!(value)), "{value:?}");
    }
}

#[test]
fn a_quantity_is_a_whole_number_above_zero_and_bounded() {
    assert!(reads::<Quantity>(json!(1)));
    assert!(reads::<Quantity>(json!(Quantity::MAX)));
    for wrong in [
        json!(0),
        json!(-1),
        json!(Quantity::MAX + 1),
        json!(1_000_000_000_000_000_000_i64),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1.5),
        json!("1"),
        json!(null),
    ] {
        assert!(!reads::<Quantity>(wrong.clone()), "{wrong}");
    }
}

#[test]
fn quantities_add_up_to_the_bound_and_no_further() {
    let most = units(Quantity::MAX.into());
    assert_eq!(units(2).plus(units(3)), Some(units(5)));
    assert_eq!(units(i64::from(Quantity::MAX) - 1).plus(units(1)), Some(most));
    assert_eq!(most.plus(units(1)), None);
    assert_eq!(most.plus(most), None);
}

#[test]
fn a_sku_is_fit_for_a_path() {
    takes::<Sku>(&["A", "b-1_c.2", &"x".repeat(Sku::MAX_LEN)]);
    refuses::<Sku>(&["", "a b", "a/b", "ä", "a\n", &"x".repeat(Sku::MAX_LEN + 1)]);
}

#[test]
fn a_slug_and_a_warehouse_are_written_small_with_inner_dashes() {
    takes::<Slug>(&["a", "red-lamp-2", &"x".repeat(200)]);
    refuses::<Slug>(&["", "-a", "a-", "Lamp", "a_b", "ä", &"x".repeat(201)]);
    takes::<WarehouseCode>(&["north", &"x".repeat(40)]);
    refuses::<WarehouseCode>(&["North", &"x".repeat(41)]);
}

#[test]
fn a_country_is_two_capitals() {
    takes::<CountryCode>(&["DE", "GB"]);
    refuses::<CountryCode>(&["", "de", "DEU", "D1", "Ä"]);
}

#[test]
fn an_id_has_one_spelling() {
    let text = "01890a5d-ac96-774b-bcce-b302099a8057";
    let id: OrderId = text.parse().unwrap();
    assert_eq!(id.to_string(), text);
    assert_eq!(serde_json::to_value(id).unwrap(), text);
    for wrong in [
        "",
        "1",
        "01890a5dac96774bbcceb302099a8057",
        "{01890a5d-ac96-774b-bcce-b302099a8057}",
        "urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057",
        "01890a5d-ac96-774b-bcce-b302099a805z",
    ] {
        assert!(wrong.parse::<OrderId>().is_err(), "{wrong}");
    }
}
