//! The aggregate types: how they are written on the command line, and which aggregate each of them is.
//!
//! A new aggregate is one line in the table below. A test compares the table with the events of the domain.

use clap::ValueEnum;
use cqrs_es::Aggregate;
use domain::{
    account::Account, order::Order, payment::Payment, product::Product, stock::Stock,
    subscription::Subscription, warehouse::Warehouse,
};

/// Work that is the same for every aggregate type.
pub(crate) trait Visitor {
    /// What it comes to.
    type Output;

    /// Does the work for one type.
    async fn visit<A: Aggregate>(self) -> Self::Output;
}

macro_rules! aggregates {
    ($(#[doc = $about:literal] $kind:ident,)+) => {
        /// An aggregate type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
        pub enum AggregateKind {
            $(#[doc = $about] $kind,)+
        }

        impl AggregateKind {
            /// The name, as stored.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => <$kind as Aggregate>::TYPE,)+
                }
            }

            /// Does some work for the aggregate type.
            pub(crate) async fn visit<V: Visitor>(self, visitor: V) -> V::Output {
                match self {
                    $(Self::$kind => visitor.visit::<$kind>().await,)+
                }
            }
        }
    };
}

aggregates! {
    /// Money of one owner in one currency
    Account,
    /// What the shop shows and sells
    Product,
    /// The units of one SKU
    Stock,
    /// What a customer ordered
    Order,
    /// The payment of an order or of a subscription
    Payment,
    /// What a customer pays for period by period
    Subscription,
    /// A place where goods lie
    Warehouse,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::Event;

    use super::*;

    #[test]
    fn every_aggregate_of_the_domain_can_be_listed_and_replayed() {
        let of_domain: BTreeSet<&str> = Event::stored().map(|(aggregate, _, _)| aggregate).collect();
        let kinds = AggregateKind::value_variants();
        let of_tools: BTreeSet<&str> = kinds.iter().map(|kind| kind.name()).collect();
        assert_eq!(of_tools, of_domain);
        for kind in kinds {
            let written = kind.to_possible_value().unwrap();
            assert_eq!(
                written.get_name(),
                kind.name(),
                "on the command line and in the log"
            );
        }
    }
}
