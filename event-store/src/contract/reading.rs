//! Reading by aggregate, by position, and following.

use futures::FutureExt;

use super::{append, memory, on_both_logs, stream};
use crate::{Filter, Log, Scan, Subscription};

on_both_logs!(
    an_aggregate_is_read_from_a_sequence_in_pages,
    the_log_is_read_from_a_position_through_a_filter,
    a_scan_reads_to_the_end_and_no_further,
    one_aggregate_is_read_up_to_a_position_and_by_whoever_acted,
    the_log_is_read_from_its_end,
    the_events_of_one_request_are_found_near_and_far,
    what_mentions_something_is_found_wherever_it_stands,
    times_never_go_back,
    a_subscriber_is_handed_every_event_once_and_in_order,
    a_subscriber_at_the_end_is_woken_by_the_next_event,
);

async fn an_aggregate_is_read_from_a_sequence_in_pages(log: Log) {
    log.append(append("a", 0, 5)).await.unwrap();
    log.append(append("b", 0, 5)).await.unwrap();
    let page = log.load(&stream("a"), 1, 3).await.unwrap();
    assert_eq!(
        page.iter().map(|event| event.sequence).collect::<Vec<_>>(),
        [2, 3, 4]
    );
    assert!(log.load(&stream("nobody"), 0, 3).await.unwrap().is_empty());
    assert_eq!(log.sequence(&stream("nobody")).await.unwrap(), 0);
}

async fn the_log_is_read_from_a_position_through_a_filter(log: Log) {
    log.append(append("a", 0, 3)).await.unwrap();
    log.append(append("b", 0, 3)).await.unwrap();
    let all = log.read(0, 100, &Filter::default()).await.unwrap();
    let read = async |after, limit, filter: Filter| {
        let events = log.read(after, limit, &filter).await.unwrap();
        // The filter in SQL and the filter in memory are the same.
        assert!(events.iter().all(|event| filter.admits(event)));
        let passing = all
            .iter()
            .filter(|e| e.position > after && filter.admits(e))
            .take(limit);
        assert_eq!(events, passing.cloned().collect::<Vec<_>>());
        events.iter().map(|event| event.position).collect::<Vec<_>>()
    };
    let only = Filter::default;
    assert_eq!(read(4, 100, only()).await, [5, 6]);
    assert_eq!(read(0, 2, only()).await, [1, 2]);
    assert_eq!(
        read(
            0,
            9,
            Filter {
                aggregate_id: Some("b".into()),
                ..only()
            }
        )
        .await,
        [4, 5, 6]
    );
    assert_eq!(
        read(
            0,
            9,
            Filter {
                up_to: Some(2),
                ..only()
            }
        )
        .await,
        [1, 2]
    );
    let things = vec!["thing".to_owned()];
    assert_eq!(
        read(
            3,
            9,
            Filter {
                aggregate_types: things,
                ..only()
            }
        )
        .await,
        [4, 5, 6]
    );
    let others = vec!["Other".to_owned()];
    assert_eq!(
        read(
            0,
            9,
            Filter {
                event_types: others,
                ..only()
            }
        )
        .await,
        [0; 0]
    );
    assert_eq!(
        read(
            5,
            9,
            Filter {
                correlation_id: Some("c1".into()),
                ..only()
            }
        )
        .await,
        [6]
    );
    assert_eq!(
        read(
            0,
            9,
            Filter {
                correlation_id: Some("c2".into()),
                ..only()
            }
        )
        .await,
        [0; 0]
    );
    let second = all[3].recorded_at;
    read(
        0,
        9,
        Filter {
            since: Some(second),
            ..only()
        },
    )
    .await;
    read(
        0,
        9,
        Filter {
            until: Some(second),
            ..only()
        },
    )
    .await;
}

async fn the_log_is_read_from_its_end(log: Log) {
    log.append(append("a", 0, 3)).await.unwrap();
    log.append(append("b", 0, 3)).await.unwrap();
    let read = async |after, limit, filter: Filter| {
        let filter = Filter {
            newest_first: true,
            ..filter
        };
        let events = log.read(after, limit, &filter).await.unwrap();
        events.iter().map(|event| event.position).collect::<Vec<_>>()
    };
    let only = Filter::default;
    assert_eq!(read(0, 2, only()).await, [6, 5]);
    assert_eq!(read(3, 9, only()).await, [6, 5, 4]);
    let up_to_5 = Filter {
        up_to: Some(5),
        ..only()
    };
    assert_eq!(read(0, 2, up_to_5.clone()).await, [5, 4]);
    let of_b = Filter {
        aggregate_types: vec!["thing".to_owned()],
        aggregate_id: Some("b".to_owned()),
        ..up_to_5
    };
    assert_eq!(read(0, 9, of_b).await, [5, 4]);
    let of_both = Filter {
        aggregate_ids: vec!["a".to_owned(), "b".to_owned()],
        ..only()
    };
    assert_eq!(read(2, 9, of_both).await, [6, 5, 4, 3]);
    let of_a = Filter {
        aggregate_ids: vec!["a".to_owned()],
        ..only()
    };
    assert_eq!(read(0, 9, of_a).await, [3, 2, 1]);
}

async fn the_events_of_one_request_are_found_near_and_far(log: Log) {
    log.append(append("a", 0, 3)).await.unwrap();
    log.append(append("b", 0, 3)).await.unwrap();
    let all = log.read(0, 9, &Filter::default()).await.unwrap();
    let request = all[0].metadata().correlation_id;
    for up_to in [None, Some(6), Some(i64::MAX)] {
        let of_request = Filter {
            correlation_id: Some(request.clone()),
            up_to,
            ..Filter::default()
        };
        let passing = all.iter().filter(|event| of_request.admits(event)).cloned();
        let found = log.read(0, 9, &of_request).await.unwrap();
        assert!(!found.is_empty());
        assert_eq!(found, passing.collect::<Vec<_>>(), "up to {up_to:?}");
    }
}

async fn what_mentions_something_is_found_wherever_it_stands(log: Log) {
    let mut naming = append("a", 0, 2);
    naming.events[0].payload = r#"{"Named":{"sku":"LAMP","text":"LAMPS"}}"#.to_owned();
    naming.events[1].payload = r#"{"Named":{"sku":"LAMPS"}}"#.to_owned();
    log.append(naming).await.unwrap();
    log.append(append("LAMP", 0, 1)).await.unwrap();
    let mentions = Filter {
        mentions: Some("LAMP".to_owned()),
        ..Filter::default()
    };
    let found = log.read(0, 9, &mentions).await.unwrap();
    assert!(found.iter().all(|event| mentions.admits(event)));
    let positions: Vec<_> = found.iter().map(|event| event.position).collect();
    assert_eq!(positions, [1, 3]);
}

async fn times_never_go_back(log: Log) {
    for number in 0..20 {
        log.append(append("a", number, 1)).await.unwrap();
    }
    let events = log.read(0, 100, &Filter::default()).await.unwrap();
    assert!(events.is_sorted_by_key(|event| event.recorded_at));
}

async fn a_subscriber_is_handed_every_event_once_and_in_order(log: Log) {
    let writer = tokio::spawn({
        let log = log.clone();
        async move {
            for number in 0..200 {
                log.append(append("a", number, 1)).await.unwrap();
            }
        }
    });
    let mut subscription = Subscription::new(log, 0, Filter::default());
    let mut seen = Vec::new();
    while seen.len() < 200 {
        seen.extend(
            subscription
                .next_page(7)
                .await
                .unwrap()
                .into_iter()
                .map(|event| event.position),
        );
    }
    assert_eq!(seen, (1..=200).collect::<Vec<_>>());
    assert_eq!(subscription.position(), 200);
    writer.await.unwrap();
}

async fn a_subscriber_at_the_end_is_woken_by_the_next_event(log: Log) {
    log.append(append("a", 0, 1)).await.unwrap();
    let mut subscription = Subscription::new(log.clone(), 1, Filter::default());
    let (page, _) = futures::join!(subscription.next_page(9), log.append(append("a", 1, 1)));
    assert_eq!(page.unwrap()[0].position, 2);
}

#[tokio::test]
async fn a_page_that_was_given_up_is_not_lost() {
    let log = memory();
    let mut subscription = Subscription::new(log.clone(), 0, Filter::default());
    assert!(subscription.next_page(9).now_or_never().is_none());
    log.append(append("a", 0, 1)).await.unwrap();
    assert_eq!(subscription.next_page(9).await.unwrap().len(), 1);
}

async fn a_scan_reads_to_the_end_and_no_further(log: Log) {
    log.append(append("a", 0, 5)).await.unwrap();
    log.append(append("b", 0, 2)).await.unwrap();
    let mut scan = Scan::new(log.clone(), 1, Filter::default(), 2);
    let mut positions = Vec::new();
    loop {
        let page = scan.next_page().await.unwrap();
        assert!(page.len() <= 2);
        if page.is_empty() {
            break;
        }
        positions.extend(page.iter().map(|event| event.position));
        assert_eq!(scan.position(), *positions.last().unwrap());
    }
    assert_eq!(positions, [2, 3, 4, 5, 6, 7]);
    // The end is where the log ends now, not where it ended when somebody looked first.
    log.append(append("b", 2, 1)).await.unwrap();
    assert_eq!(scan.next_page().await.unwrap()[0].position, 8);
}

async fn one_aggregate_is_read_up_to_a_position_and_by_whoever_acted(log: Log) {
    for sequence in 0..4 {
        log.append(append("a", sequence, 1)).await.unwrap();
        log.append(append("b", sequence, 1)).await.unwrap();
    }
    let one = Filter {
        aggregate_types: vec!["thing".to_owned()],
        aggregate_id: Some("a".to_owned()),
        up_to: Some(6),
        actor: Some("tester".to_owned()),
        ..Filter::default()
    };
    let positions = async |filter: &Filter| {
        let events = log.read(1, 10, filter).await.unwrap();
        events.iter().map(|event| event.position).collect::<Vec<_>>()
    };
    assert_eq!(positions(&one).await, [3, 5]);
    let nobody = Filter {
        actor: Some("somebody else".to_owned()),
        ..one
    };
    assert!(positions(&nobody).await.is_empty());
}
