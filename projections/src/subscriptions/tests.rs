use chrono::TimeDelta;
use domain::{
    order::PaymentMethod,
    subscription::{Period, SubscriptionCommand},
    value::PaymentId,
};

use super::SubscriptionFilter;
use crate::{
    PageRequest,
    testing::{Shop, Stage, customer_id, money, noon, payment_id, subscription_id, text},
};

async fn start(shop: &mut Shop, number: u128, customer: u128) {
    let start = SubscriptionCommand::Start {
        customer_id: customer_id(customer),
        amount: money(990, "EUR"),
        method: PaymentMethod::Card {
            token: text("tok_secret"),
        },
        period: Period::Months(1),
        first_charge_at: noon(),
    };
    shop.subscription(number, start).await;
}

async fn charge(shop: &mut Shop, number: u128, days: i64, payment_id: PaymentId) {
    let at = noon() + TimeDelta::days(days);
    shop.subscription(number, SubscriptionCommand::Charge { at, payment_id })
        .await;
}

#[tokio::test]
async fn a_subscription_shows_its_charges_and_when_the_next_one_is_due() {
    let mut shop = Shop::new();
    start(&mut shop, 1, 1).await;
    charge(&mut shop, 1, 0, payment_id(1)).await;
    let payment = payment_id(1);
    shop.subscription(1, SubscriptionCommand::RecordCharged { payment_id: payment })
        .await;
    charge(&mut shop, 1, 31, payment_id(2)).await;
    let failed = SubscriptionCommand::RecordChargeFailed {
        payment_id: payment_id(2),
        code: text("no_funds"),
        at: noon() + TimeDelta::days(31),
    };
    shop.subscription(1, failed).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("subscriptions").await.subscriptions();
    let id = subscription_id(1);
    let found = reader
        .subscriptions_by_id(&[id])
        .await
        .unwrap()
        .remove(&id)
        .unwrap();
    assert_eq!(
        (found.status.as_str(), found.paid_periods, found.sequence),
        ("active", 1, 5)
    );
    assert_eq!(found.next_charge_at, Some(noon() + TimeDelta::days(32)));
    assert_eq!((found.period_unit.as_str(), found.period_count), ("month", 1));
    let charges = reader.charges(id, &PageRequest::first(10)).await.unwrap();
    let told: Vec<_> = charges
        .nodes()
        .map(|charge| (charge.payment_id, charge.state, charge.failure_code))
        .collect();
    let expected = [
        (payment_id(2), "failed".to_owned(), Some("no_funds".to_owned())),
        (payment_id(1), "charged".to_owned(), None),
    ];
    assert_eq!(told, expected);
    let by_payment = reader
        .subscriptions_by_payment(&[payment_id(2), payment_id(9)])
        .await
        .unwrap();
    assert_eq!(by_payment.len(), 1);
    assert_eq!(by_payment[&payment_id(2)].id, id);
}

#[tokio::test]
async fn a_pause_and_an_end_say_why() {
    let mut shop = Shop::new();
    start(&mut shop, 1, 1).await;
    start(&mut shop, 2, 1).await;
    shop.subscription(1, SubscriptionCommand::Pause).await;
    let note = Some(text("moved away"));
    shop.subscription(2, SubscriptionCommand::Cancel { note }).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("subscriptions").await.subscriptions();
    let ids = [subscription_id(1), subscription_id(2)];
    let found = reader.subscriptions_by_id(&ids).await.unwrap();
    let (paused, cancelled) = (&found[&ids[0]], &found[&ids[1]]);
    assert_eq!(paused.pause_reason.as_deref(), Some("by_customer"));
    assert_eq!((paused.next_charge_at, cancelled.next_charge_at), (None, None));
    assert_eq!(cancelled.cancel_note.as_deref(), Some("moved away"));
}

#[tokio::test]
async fn lists_of_subscriptions_are_newest_first_and_filtered() {
    let mut shop = Shop::new();
    for (number, customer) in [(1, 1), (2, 2), (3, 1), (4, 1)] {
        start(&mut shop, number, customer).await;
    }
    shop.subscription(3, SubscriptionCommand::Pause).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("subscriptions").await.subscriptions();
    let list = async |customer_id, status: Option<&str>| {
        let filter = SubscriptionFilter {
            customer_id,
            status: status.map(str::to_owned),
        };
        let (mut ids, mut page) = (Vec::new(), PageRequest::first(1));
        loop {
            let found = reader.subscriptions(&filter, &page).await.unwrap();
            let (more, last) = (
                found.has_next_page,
                found.edges.last().map(|edge| edge.cursor.clone()),
            );
            ids.extend(found.nodes().map(|found| found.id));
            match last.filter(|_| more) {
                Some(cursor) => page = PageRequest::first(1).after(cursor),
                None => return ids,
            }
        }
    };
    let ids = |numbers: &[u128]| -> Vec<_> { numbers.iter().copied().map(subscription_id).collect() };
    assert_eq!(list(None, None).await, ids(&[4, 3, 2, 1]));
    assert_eq!(list(Some(customer_id(1)), None).await, ids(&[4, 3, 1]));
    assert_eq!(list(Some(customer_id(1)), Some("active")).await, ids(&[4, 1]));
}

#[tokio::test]
async fn every_subscription_is_as_the_write_side_has_it() {
    let shop = Shop::with_past(151, 900).await;
    let stage = Stage::new(shop.log()).await;
    let reader = stage.build("subscriptions").await.subscriptions();
    let sequences = shop.sequences("subscription");
    let mut paid = 0;
    for (id, subscription) in shop.subscriptions() {
        let row = reader.subscriptions_by_id(&[id]).await.unwrap().remove(&id);
        let Ok(subscription) = subscription.open() else {
            assert_eq!(row, None);
            continue;
        };
        let row = row.unwrap();
        assert_eq!(row.status, subscription.status.name());
        assert_eq!(row.paid_periods, i64::from(subscription.paid));
        if row.status == "active" {
            assert_eq!(row.next_charge_at, Some(subscription.due_at));
        }
        assert_eq!(Some(row.sequence), sequences.get(&id.to_string()).copied());
        paid += row.paid_periods;
    }
    assert!(paid > 0);
}
