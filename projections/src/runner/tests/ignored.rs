//! A projection ignores the events that change nothing in its tables, and no others.

use std::{collections::BTreeSet, fmt::Debug};

use crate::{
    Recorded,
    balances::Balances,
    customers::Customers,
    orders::Orders,
    payments::Payments,
    price_history::PriceHistory,
    products::Products,
    recommendations::Recommendations,
    sales::Sales,
    stock_levels::StockLevels,
    subscriptions::Subscriptions,
    table::TableProjection,
    testing::{samples, table_models},
    warehouses::Warehouses,
};

/// Compares what each event that a projection reads does to an empty batch with what is said of it.
fn check<P: TableProjection<Batch: Debug>>(projection: &P, samples: &[Recorded]) -> &'static str {
    let untouched = format!("{:?}", P::Batch::default());
    for sample in samples {
        let (aggregate_type, name) = (
            sample.envelope.aggregate_type.as_str(),
            sample.envelope.event_type.as_str(),
        );
        if !P::READS.contains(&aggregate_type) {
            continue;
        }
        let mut batch = P::Batch::default();
        projection.apply(&mut batch, sample).unwrap();
        let changes = format!("{batch:?}") != untouched;
        assert_eq!(P::IGNORES.contains(&name), !changes, "{name} in {}", P::NAME);
    }
    P::NAME
}

#[test]
fn every_event_that_changes_nothing_is_ignored_and_no_other() {
    let samples = samples();
    let checked = BTreeSet::from([
        check(&Orders, &samples),
        check(&Balances, &samples),
        check(&StockLevels, &samples),
        check(&Products, &samples),
        check(&PriceHistory, &samples),
        check(&Sales, &samples),
        check(&Recommendations, &samples),
        check(&Customers, &samples),
        check(&Payments, &samples),
        check(&Subscriptions, &samples),
        check(&Warehouses, &samples),
    ]);
    let all: BTreeSet<&str> = table_models()
        .iter()
        .map(|model| model.registered().name)
        .collect();
    assert_eq!(checked, all);
}
