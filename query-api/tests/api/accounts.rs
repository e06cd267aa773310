//! `account`, `accounts` and the entries of an account.

use serde_json::json;

use crate::{
    shop::{Shop, account_id, customer_id, order_id},
    stage::{Stage, all_pages},
};

async fn stage() -> Stage {
    let shop = Shop::new();
    shop.open(1, 5_000).await;
    for number in 2..=6 {
        shop.deposit(1, 100, &format!("deposit {number}")).await;
    }
    shop.receive(1, "north", None, 9).await;
    shop.place(1, 1, &[1]).await;
    shop.carry_out(1, 1, 1).await;
    Stage::new(shop).await
}

#[tokio::test]
async fn an_account_shows_its_balance_and_what_moved_it() {
    let stage = stage().await;
    let fields = "id ownerId currency booked { amount } available { amount } held { amount formatted } \
                  entries(first: 1) { nodes { amount { formatted } counterAccount eventType reference \
                  order { id status } } }";
    let expected = json!({
        "id": account_id(1).to_string(), "ownerId": customer_id(1).to_string(), "currency": "EUR",
        "booked": { "amount": "4310" }, "available": { "amount": "4310" },
        "held": { "amount": "0", "formatted": "0.00 EUR" },
        "entries": { "nodes": [{
            "amount": { "formatted": "-11.90 EUR" }, "counterAccount": "merchant:revenue",
            "eventType": "HoldCaptured", "reference": null,
            "order": { "id": order_id(1).to_string(), "status": "SHIPPED" },
        }] },
    });
    let by_id = stage
        .data(&format!(
            "{{ account(id: \"{}\") {{ {fields} }} }}",
            account_id(1)
        ))
        .await;
    assert_eq!(by_id["account"], expected);
    let by_owner = stage
        .data(&format!(
            "{{ accounts(ownerId: \"{}\") {{ {fields} }} }}",
            customer_id(1)
        ))
        .await;
    assert_eq!(by_owner["accounts"], json!([expected]));
    let unknown = format!(
        "{{ account(id: \"{}\") {{ id }} accounts(ownerId: \"{}\") {{ id }} }}",
        account_id(9),
        customer_id(9)
    );
    assert_eq!(
        stage.data(&unknown).await,
        json!({ "account": null, "accounts": [] })
    );
}

#[tokio::test]
async fn the_pages_of_entries_have_every_entry_once() {
    let stage = stage().await;
    let page = |after: &str| {
        format!(
            "{{ account(id: \"{}\") {{ entries(first: 3, after: {after}) {{ edges {{ node {{ amount {{ amount }} \
             reference }} }} pageInfo {{ hasPreviousPage hasNextPage endCursor }} }} }} }}",
            account_id(1)
        )
    };
    let entries = all_pages(&stage, "/account/entries", page).await;
    let amounts: Vec<_> = entries
        .iter()
        .map(|entry| entry["amount"]["amount"].as_str().unwrap())
        .collect();
    assert_eq!(amounts, ["-1190", "100", "100", "100", "100", "100", "5000"]);
}

#[tokio::test]
async fn a_bad_argument_is_named() {
    let stage = stage().await;
    let entries = format!(
        "account(id: \"{}\") {{ entries(first: 0) {{ nodes {{ eventType }} }} }}",
        account_id(1)
    );
    for (field, argument) in [
        ("account(id: \"{}\") { id }", "id"),
        ("accounts(ownerId: \"x\") { id }", "ownerId"),
        (&*entries, "first"),
    ] {
        let (code, error) = stage.error(&format!("{{ {field} }}")).await;
        assert_eq!(
            (code.as_str(), &error["extensions"]["argument"]),
            ("INVALID_ARGUMENT", &json!(argument))
        );
    }
}
