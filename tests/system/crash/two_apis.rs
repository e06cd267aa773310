//! Two processes that take commands, and process managers in a third one, all writing the same accounts and
//! stocks with many commands in flight, while each of them is killed.
//!
//! Every command is sent until it has a definite answer. So the log can be compared with the answers to the
//! cent and to the unit.

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use serde_json::json;
use tests::{Client, Role, Roles};
use uuid::Uuid;

use super::{
    audit::Audit,
    customers::{PRICE, offer},
    dice::Dice,
    log::Log,
    pulse,
};
use crate::apart::Apart;

const SEED: u64 = 0x5EED;

/// Accounts, one after the other, each emptied through both processes at once.
const ACCOUNTS: usize = 24;
/// Withdrawals from one account through one process.
const WITHDRAWALS: usize = 12;
const FIRST_DEPOSIT: i64 = 100;

/// SKUs, one after the other, each of few units.
const SKUS: usize = 6;
const UNITS: i64 = 12;
/// Orders and adjustments of one SKU through one process.
const ORDERS: usize = 8;
const ADJUSTMENTS: usize = 6;

/// After so many accounts or SKUs the next process is killed while commands are in flight.
const ROUNDS_PER_KILL: usize = 4;
const MORTAL: [Role; 3] = [Role::SecondCommandApi, Role::CommandApi, Role::ProcessManagers];

/// What the answers say.
#[derive(Default)]
struct Told {
    /// Accounts and their balances.
    balances: Vec<(String, i64)>,
    /// SKUs and the units that came in, less those that were taken out by adjustments.
    came_in: Vec<(String, i64)>,
    orders: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn two_command_apis_never_overdraw_an_account_or_oversell_a_stock() {
    let mut shop = Apart::start("two_apis").await.unwrap();
    let roles = &mut shop.roles;
    roles.resume(Role::SecondCommandApi).unwrap();

    let told = trade(roles).await.context(roles.complaints()).unwrap();
    pulse::settle(&shop.pool).await.unwrap();

    let log = Log::of(&shop.roles.souk(&Log::LIST).unwrap());
    // No account below zero, and no unit sold twice, at any position.
    let audit = Audit::of(&log);
    audit.everything_ended(&told.orders);
    for (account, balance) in &told.balances {
        assert_eq!(audit.booked(account), *balance, "account {account}");
    }
    for (sku, came_in) in &told.came_in {
        assert_eq!(audit.came_in(sku), *came_in, "{sku}");
    }
    shop.stop().await.unwrap();
}

/// Empties accounts and shelves.
async fn trade(roles: &mut Roles) -> Result<Told> {
    let clients = [roles.client()?, roles.second_client()?];
    let mut dice = Dice::new(SEED);
    let mut told = Told::default();
    let buyer = open_account(&clients[0], 1_000_000 * PRICE).await?;
    for round in 0..ACCOUNTS {
        let account = open_account(&clients[0], FIRST_DEPOSIT).await?;
        let withdrawals = withdrawals(&clients, &mut dice, &account);
        let taken = beside_a_kill(roles, round, try_join_all(withdrawals)).await?;
        let balance = FIRST_DEPOSIT - taken.into_iter().sum::<i64>();
        told.balances.push((account, balance));
    }
    for round in 0..SKUS {
        let sku = format!("FEW-{round}");
        offer(&clients[0], &sku, UNITS).await?;
        let orders = try_join_all(orders(&clients, &mut dice, &sku, &buyer));
        let adjustments = try_join_all(adjustments(&clients, &mut dice, &sku));
        let both = async { tokio::try_join!(orders, adjustments) };
        let (orders, differences) = beside_a_kill(roles, round, both).await?;
        told.orders.extend(orders);
        told.came_in
            .push((sku, UNITS + differences.into_iter().sum::<i64>()));
    }
    Ok(told)
}

/// Runs commands, and kills and restarts a process in some of the rounds while they are in flight.
async fn beside_a_kill<T>(
    roles: &mut Roles,
    round: usize,
    commands: impl Future<Output = Result<T>>,
) -> Result<T> {
    let kill = async {
        if round % ROUNDS_PER_KILL == ROUNDS_PER_KILL - 1 {
            let role = MORTAL[round / ROUNDS_PER_KILL % MORTAL.len()];
            roles.kill(role)?;
            roles.resume(role)?;
        }
        anyhow::Ok(())
    };
    let (done, ()) = tokio::try_join!(commands, kill)?;
    Ok(done)
}

async fn open_account(client: &Client, deposit: i64) -> Result<String> {
    let key = Uuid::now_v7().to_string();
    let open = json!({"owner_id": Uuid::now_v7(), "currency": "EUR"});
    let account = client.insist("/v1/accounts", &key, &open).await?.id()?;
    let deposit = json!({"amount": {"amount": deposit, "currency": "EUR"}, "reference": "first"});
    let path = format!("/v1/accounts/{account}/deposits");
    let answer = client
        .insist(&path, &format!("deposit-{account}"), &deposit)
        .await?;
    ensure!(answer.status.is_success(), "{answer:?}");
    Ok(account)
}

/// Withdrawals through both processes at once; each gives the amount that was taken.
fn withdrawals(
    clients: &[Client; 2],
    dice: &mut Dice,
    account: &str,
) -> Vec<impl Future<Output = Result<i64>> + use<>> {
    let path = format!("/v1/accounts/{account}/withdrawals");
    let mut withdrawals = Vec::new();
    for number in 0..WITHDRAWALS {
        for (api, client) in clients.iter().enumerate() {
            let amount = i64::try_from(1 + dice.roll(90)).unwrap_or_default();
            let reference = format!("{number}-{api}");
            let body = json!({
                "amount": {"amount": amount, "currency": "EUR"}, "reference": reference
            });
            let (client, path) = (client.clone(), path.clone());
            withdrawals.push(async move {
                let answer = client
                    .insist(&path, &format!("{path}-{reference}"), &body)
                    .await?;
                ensure!(
                    answer.status.is_success() || answer.code() == "insufficient_funds",
                    "{answer:?}"
                );
                Ok(if answer.status.is_success() { amount } else { 0 })
            });
        }
    }
    withdrawals
}

/// Orders through both processes at once; each gives its identifier.
fn orders(
    clients: &[Client; 2],
    dice: &mut Dice,
    sku: &str,
    account: &str,
) -> Vec<impl Future<Output = Result<String>> + use<>> {
    let mut orders = Vec::new();
    for number in 0..ORDERS {
        for (api, client) in clients.iter().enumerate() {
            let body = json!({
                "customer_id": Uuid::now_v7(),
                "lines": [{"sku": sku, "quantity": 1 + dice.roll(2)}],
                "payment": {"method": "account", "account_id": account},
                "shipping_address": {"name": "Ada", "street": "1 Main Street", "city": "Berlin", "country": "DE"}
            });
            let (client, key) = (client.clone(), format!("order-{sku}-{number}-{api}"));
            orders.push(async move {
                let answer = client.insist("/v1/orders", &key, &body).await?;
                ensure!(answer.status.is_success(), "{answer:?}");
                answer.id()
            });
        }
    }
    orders
}

/// Adjustments by the staff through both processes at once; each gives the difference that was made.
fn adjustments(
    clients: &[Client; 2],
    dice: &mut Dice,
    sku: &str,
) -> Vec<impl Future<Output = Result<i64>> + use<>> {
    let path = format!("/v1/stock/{sku}/adjustments");
    let mut adjustments = Vec::new();
    for number in 0..ADJUSTMENTS {
        for (api, client) in clients.iter().enumerate() {
            let difference = -i64::try_from(1 + dice.roll(2)).unwrap_or_default();
            let body = json!({"warehouse": "main", "difference": difference, "reason": "broken"});
            let (client, path) = (client.clone(), path.clone());
            adjustments.push(async move {
                let key = format!("{path}-{number}-{api}");
                let answer = client.insist(&path, &key, &body).await?;
                ensure!(
                    answer.status.is_success() || answer.status.as_u16() == 422,
                    "{answer:?}"
                );
                Ok(if answer.status.is_success() { difference } else { 0 })
            });
        }
    }
    adjustments
}
