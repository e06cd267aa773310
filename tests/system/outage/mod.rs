//! The database of a running shop fills up, freezes or goes away: the shop says so in time, is not ready
//! meanwhile, and gets over it by itself with nothing lost and nothing doubled.

mod connection;
mod disk;
mod log_disk;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::{Answer, Client, Shop, until};

/// A shop with an account that money is paid into, 100 cents at a time.
struct Till {
    client: Client,
    deposits: String,
    account: String,
    shop: Shop,
}

impl Till {
    async fn open(shop: Shop) -> Result<Self> {
        let client = shop.client()?;
        let owner = uuid::Uuid::now_v7();
        let open = json!({"owner_id": owner, "currency": "EUR"});
        let account = client.accepted("/v1/accounts", &open).await?.id()?;
        let deposits = format!("/v1/accounts/{account}/deposits");
        Ok(Self {
            client,
            deposits,
            account,
            shop,
        })
    }

    /// Pays in once, under a key that belongs to the number.
    async fn pay_in(&self, number: usize) -> Result<Answer> {
        let deposit =
            json!({"amount": {"amount": 100, "currency": "EUR"}, "reference": format!("no {number}")});
        self.client
            .post_once(&self.deposits, &format!("key-{number}"), &deposit)
            .await
    }

    /// Pays in until the answer is yes; any other answer must be that of a shop that cannot write.
    async fn insist(&self, number: usize) -> Result<Answer> {
        let mut accepted = None;
        until(&format!("deposit {number} is accepted"), async || {
            let answer = self.pay_in(number).await?;
            if answer.status.is_success() {
                accepted = Some(answer);
            } else {
                cannot_write(&answer)?;
            }
            Ok(accepted.is_some())
        })
        .await?;
        accepted.ok_or_else(|| anyhow::anyhow!("it was not accepted"))
    }

    async fn becomes_ready(&self, ready: bool) -> Result<()> {
        until(&format!("readiness becomes {ready}"), async || {
            let live = self.client.get("/health/live").await?;
            ensure!(live.status == 200, "it must not be restarted for this: {live:?}");
            Ok(self.client.get("/health/ready").await?.status.is_success() == ready)
        })
        .await
    }

    /// The read model shows so many deposits.
    async fn shows(&self, deposits: usize) -> Result<()> {
        let query = "query ($id: ID!) { account(id: $id) { booked { amount } } }";
        let amount = (deposits * 100).to_string();
        let booked =
            |data: &Value| data["account"]["booked"]["amount"].to_string().trim_matches('"') == amount;
        self.client
            .eventually(query, json!({"id": self.account}), booked)
            .await?;
        Ok(())
    }
}

/// A clear answer: not now, and when to come again.
fn cannot_write(answer: &Answer) -> Result<()> {
    let header = |name| answer.headers.get(name).and_then(|value| value.to_str().ok());
    ensure!(answer.status == 503, "{answer:?}");
    ensure!(
        header("content-type") == Some("application/problem+json"),
        "{answer:?}"
    );
    ensure!(header("retry-after").is_some(), "{answer:?}");
    ensure!(
        ["unavailable", "deadline_exceeded", "overloaded"].contains(&answer.code()),
        "{answer:?}"
    );
    Ok(())
}
