//! Sends the commands of a plan, many at the same time.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use command_api::{CommandError, Commands, accounts, products, stock, warehouses};
use domain::value::{Currency, Reason};
use event_store::{Answer, BusError, CommandContext, CommandKey, Metadata};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::ProgressBar;
use uuid::Uuid;

use super::{
    digest::Digest,
    error::DemoError,
    plan::{CustomerPlan, Plan, StockPlan},
    product::{ProductPlan, text},
    progress::Progress,
    stock::{Place, WAREHOUSES, write_offs},
};

/// How many things are loaded at the same time in each stage: enough to fill the batches of the log,
/// far below the length of its queue.
const IN_FLIGHT: usize = 256;
/// How often a command is sent before the load gives up.
const TRIES: u32 = 5;
/// How long the first pause between two tries is; each next one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);
/// The name space of the command identifiers.
const COMMANDS: Uuid = Uuid::from_u128(0x5d0c_3b6e_8a41_5f27_9e63_1c7a_40d2_b8f5);

/// Sends the commands of one plan.
pub(super) struct Loader<'shop> {
    pub(super) commands: &'shop Commands,
    seed: u64,
    digest: Digest,
}

impl<'shop> Loader<'shop> {
    pub(super) const fn new(commands: &'shop Commands, seed: u64, digest: Digest) -> Self {
        Self {
            commands,
            seed,
            digest,
        }
    }

    /// Lists the products with their prices.
    pub(super) async fn products(&self, plan: &Plan, progress: &Progress) -> Result<(), DemoError> {
        let bar = progress.stage("products", plan.products.len());
        each(&plan.products, &bar, |number, product| {
            self.product(number, product)
        })
        .await
    }

    /// Opens the warehouses and fills them. The products must be there.
    pub(super) async fn stock(&self, plan: &Plan, progress: &Progress) -> Result<(), DemoError> {
        for place in WAREHOUSES {
            self.warehouse(place).await?;
        }
        let bar = progress.stage("stock", plan.stock.len());
        each(&plan.stock, &bar, |number, stock| {
            self.stock_of_sku(number, stock)
        })
        .await
    }

    /// Opens the accounts and pays the money in.
    pub(super) async fn customers(&self, plan: &Plan, progress: &Progress) -> Result<(), DemoError> {
        let bar = progress.stage("customers", plan.customers.len());
        each(&plan.customers, &bar, |number, customer| {
            self.customer(number, customer)
        })
        .await
    }

    async fn product(&self, number: usize, product: &ProductPlan) -> Result<(), DemoError> {
        self.send(format!("product:{number}"), async |context| {
            let commands = self.commands_with_ids([product.id.uuid()]);
            products::create(&commands, product.draft.clone(), context).await
        })
        .await?;
        for (index, price) in product.prices.iter().enumerate() {
            self.send(format!("price:{number}:{index}"), async |context| {
                let request = products::SetPrice {
                    sku: price.sku.clone(),
                    price: price.price,
                };
                products::set_price(self.commands, product.id, request, context).await
            })
            .await?;
        }
        Ok(())
    }

    /// A warehouse that was opened before the demo shop was loaded is used as it is.
    async fn warehouse(&self, place: &Place) -> Result<(), DemoError> {
        let request = warehouses::OpenWarehouse {
            code: place.code.to_owned().try_into()?,
            name: text(place.name)?,
            location: Some(text(place.location)?),
        };
        let sent = self.send(format!("warehouse:{}", place.code), async |context| {
            warehouses::open(self.commands, request.clone(), context).await
        });
        match sent.await {
            Ok(_answer) => Ok(()),
            Err(DemoError::Command {
                source: BusError::Refused(refused),
                ..
            }) if refused.code == "warehouse_already_opened" => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn stock_of_sku(&self, number: usize, plan: &StockPlan) -> Result<(), DemoError> {
        for (index, receipt) in plan.receipts.iter().enumerate() {
            self.send(format!("receipt:{number}:{index}"), async |context| {
                let request = stock::Receipt {
                    warehouse: receipt.warehouse.clone(),
                    quantity: receipt.quantity,
                    lot: receipt.lot.clone(),
                    expires_on: None,
                };
                stock::receive(self.commands, receipt.sku.clone(), request, context).await
            })
            .await?;
        }
        if !plan.written_off {
            return Ok(());
        }
        let reason: Reason = text("arrived broken")?;
        for (index, write_off) in write_offs(&plan.receipts).into_iter().enumerate() {
            self.send(format!("adjustment:{number}:{index}"), async |context| {
                let request = stock::Adjustment {
                    warehouse: write_off.warehouse.clone(),
                    difference: -write_off.units,
                    lot: write_off.lot.clone(),
                    reason: reason.clone(),
                };
                stock::adjust(self.commands, write_off.sku.clone(), request, context).await
            })
            .await?;
        }
        Ok(())
    }

    async fn customer(&self, number: usize, plan: &CustomerPlan) -> Result<(), DemoError> {
        let customer = &plan.customer;
        self.send(format!("account:{number}"), async |context| {
            let commands = self.commands_with_ids([customer.account_id.uuid()]);
            let request = accounts::OpenAccount {
                owner_id: customer.id,
                currency: Currency::EUR,
            };
            accounts::open(&commands, request, context).await
        })
        .await?;
        for (index, deposit) in plan.deposits.iter().enumerate() {
            self.send(format!("deposit:{number}:{index}"), async |context| {
                let request = accounts::Movement {
                    amount: deposit.amount,
                    reference: deposit.reference.clone(),
                };
                accounts::deposit(self.commands, deposit.account_id, request, context).await
            })
            .await?;
        }
        Ok(())
    }

    /// The use cases with identifiers of the plan, in the order in which they ask for them.
    pub(super) fn commands_with_ids<const COUNT: usize>(&self, ids: [Uuid; COUNT]) -> Commands {
        let next = AtomicUsize::new(0);
        self.commands
            .clone()
            .with_ids(move || ids[next.fetch_add(1, Ordering::Relaxed) % COUNT])
    }

    /// Sends a command under the key of its number, and again if the log was out of reach for a moment.
    pub(super) async fn send(
        &self,
        number: String,
        command: impl AsyncFn(CommandContext) -> Result<Answer, CommandError>,
    ) -> Result<Answer, DemoError> {
        let key = format!("demo:{}:{number}", self.seed);
        let mut tries = 1;
        loop {
            match command(self.context(&key)).await {
                Ok(answer) => return Ok(answer),
                Err(error) if error.is_transient() && tries < TRIES => {
                    tokio::time::sleep(PAUSE * 2_u32.pow(tries - 1)).await;
                    tries += 1;
                }
                Err(source) => return Err(DemoError::Command { key, source }),
            }
        }
    }

    fn context(&self, key: &str) -> CommandContext {
        let command_id = Uuid::new_v5(&COMMANDS, key.as_bytes()).to_string();
        CommandContext {
            metadata: Metadata {
                actor: "demo".to_owned(),
                correlation_id: command_id.clone(),
                command_id,
                ..Metadata::default()
            },
            keys: vec![CommandKey {
                key: key.to_owned(),
                fingerprint: self.digest.to_vec(),
            }],
            ..CommandContext::default()
        }
    }
}

/// Works on all items, many at the same time, and moves the bar for each.
pub(super) async fn each<'item, T: 'item, F>(
    items: &'item [T],
    bar: &ProgressBar,
    mut work: impl FnMut(usize, &'item T) -> F,
) -> Result<(), DemoError>
where
    F: Future<Output = Result<(), DemoError>>,
{
    let work = items.iter().enumerate().map(|(number, item)| work(number, item));
    let done = stream::iter(work).buffer_unordered(IN_FLIGHT);
    done.try_for_each(|()| {
        bar.inc(1);
        std::future::ready(Ok(()))
    })
    .await?;
    bar.finish();
    Ok(())
}
