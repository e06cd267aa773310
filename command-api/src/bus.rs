//! The command bus as the shop uses it.

use std::sync::Arc;

use domain::{account::Account, payment::Payment, product::Product, stock::Stock};
use event_store::{BusOptions, Claim, CommandBus, Decoder, Log};

/// A bus that reads every version of every event of the shop and enforces its unique values.
///
/// Everybody who sends commands takes the bus from here: one that was put together elsewhere and had
/// forgotten a claim would let two products share a SKU.
pub fn shop_bus(log: Log, options: BusOptions) -> CommandBus {
    let decoder = Arc::new(Decoder::new(domain::upcasters()));
    // Stock, orders, subscriptions and warehouses claim nothing: their identifiers are their only unique values.
    CommandBus::new(log, decoder, options)
        .with_claims::<Account>(|event| stored(event.claims()))
        .with_claims::<Product>(|event| stored(event.claims()))
        .with_claims::<Payment>(|event| stored(event.claims()))
        // The others end after a dozen events.
        .with_snapshots::<Account>(Account::STATE_VERSION)
        .with_snapshots::<Stock>(Stock::STATE_VERSION)
}

fn stored(claims: Vec<domain::Claim>) -> Vec<Claim> {
    let stored = |claim: domain::Claim| Claim {
        scope: claim.scope.to_owned(),
        value: claim.value,
    };
    claims.into_iter().map(stored).collect()
}
