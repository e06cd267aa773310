//! Expected sequences, keys and claims.

use futures::future::join_all;

use super::{append, on_both_logs, stream, with_claim, with_key};
use crate::{AppendError, Filter, Log};

on_both_logs!(
    positions_and_sequences_start_at_one_and_have_no_gaps,
    a_conflict_tells_the_actual_sequence_and_writes_nothing,
    commands_waiting_together_succeed_or_conflict_each_by_itself,
    a_repeated_key_is_answered_as_the_first_time,
    the_same_key_with_another_body_is_refused,
    a_key_without_events_is_remembered,
    one_command_may_have_several_keys,
    the_same_key_at_the_same_time_writes_once,
    a_value_is_claimed_by_one_aggregate_alone,
    the_same_value_at_the_same_time_is_claimed_once,
    a_key_is_answered_before_a_claim_is_refused,
    what_stands_on_a_refused_command_is_refused_too,
    the_bytes_of_an_event_come_back_unchanged,
);

async fn positions_and_sequences_start_at_one_and_have_no_gaps(log: Log) {
    let first = log.append(append("a", 0, 2)).await.unwrap();
    let second = log.append(append("b", 0, 1)).await.unwrap();
    let third = log.append(append("a", 2, 1)).await.unwrap();
    assert_eq!((first.sequence, first.position), (2, 2));
    assert_eq!((second.sequence, second.position), (1, 3));
    assert_eq!((third.sequence, third.position), (3, 4));
    let events = log.read(0, 10, &Filter::default()).await.unwrap();
    let places: Vec<_> = events
        .iter()
        .map(|e| (e.position, e.aggregate_id.as_str(), e.sequence))
        .collect();
    assert_eq!(places, [(1, "a", 1), (2, "a", 2), (3, "b", 1), (4, "a", 3)]);
    assert_eq!(log.head().await.unwrap(), 4);
}

async fn a_conflict_tells_the_actual_sequence_and_writes_nothing(log: Log) {
    log.append(append("a", 0, 3)).await.unwrap();
    for wrong in [0, 2, 4] {
        let refused = log.append(append("a", wrong, 1)).await;
        assert!(
            matches!(refused, Err(AppendError::Conflict { expected, actual: 3, .. }) if expected == wrong)
        );
    }
    assert_eq!(log.head().await.unwrap(), 3);
    assert_eq!(log.sequence(&stream("a")).await.unwrap(), 3);
}

async fn commands_waiting_together_succeed_or_conflict_each_by_itself(log: Log) {
    // Ten streams, three commands each: the first two follow each other, the third is late.
    let ids: Vec<String> = (0..10).map(|number| format!("s{number}")).collect();
    let all = ids
        .iter()
        .flat_map(|id| [append(id, 0, 1), append(id, 1, 2), append(id, 1, 1)]);
    let mut tickets = Vec::new();
    for append in all {
        tickets.push(log.reserve().await.unwrap().submit(append));
    }
    for (number, answer) in join_all(tickets).await.into_iter().enumerate() {
        match number % 3 {
            0 => assert_eq!(answer.unwrap().sequence, 1),
            1 => assert_eq!(answer.unwrap().sequence, 3),
            _ => assert!(matches!(answer, Err(AppendError::Conflict { expected: 1, .. }))),
        }
    }
    assert_eq!(log.head().await.unwrap(), 30);
}

async fn a_repeated_key_is_answered_as_the_first_time(log: Log) {
    let first = log
        .append(with_key(append("a", 0, 2), "k", "body"))
        .await
        .unwrap();
    log.append(append("a", 2, 1)).await.unwrap();
    // The decision of a repeated command may be based on anything, even on another aggregate.
    for repeated in [append("a", 0, 2), append("a", 3, 1), append("b", 0, 1)] {
        let again = log.append(with_key(repeated, "k", "body")).await.unwrap();
        assert!(again.replayed && !first.replayed);
        assert_eq!(
            (&again.aggregate_id, again.sequence, again.position),
            (&first.aggregate_id, 2, 2)
        );
    }
    assert_eq!(log.head().await.unwrap(), 3);
    let stored = log.find_key("k").await.unwrap().unwrap();
    assert_eq!((stored.stream, stored.appended.position), (stream("a"), 2));
}

async fn the_same_key_with_another_body_is_refused(log: Log) {
    log.append(with_key(append("a", 0, 1), "k", "body"))
        .await
        .unwrap();
    let refused = log.append(with_key(append("a", 1, 1), "k", "other")).await;
    assert!(matches!(refused, Err(AppendError::KeyReused { key }) if key == "k"));
    assert_eq!(log.head().await.unwrap(), 1);
}

async fn a_key_without_events_is_remembered(log: Log) {
    log.append(append("a", 0, 1)).await.unwrap();
    let first = log
        .append(with_key(append("a", 1, 0), "k", "body"))
        .await
        .unwrap();
    let again = log
        .append(with_key(append("a", 1, 1), "k", "body"))
        .await
        .unwrap();
    assert!(again.replayed);
    assert_eq!((first.sequence, first.position), (1, 1));
    assert_eq!((again.sequence, again.position), (1, 1));
    assert_eq!(log.head().await.unwrap(), 1);
}

async fn one_command_may_have_several_keys(log: Log) {
    let twice_named = with_key(with_key(append("a", 0, 1), "k1", "body"), "k2", "reference");
    log.append(twice_named).await.unwrap();
    assert!(
        log.append(with_key(append("a", 1, 1), "k1", "body"))
            .await
            .unwrap()
            .replayed
    );
    assert!(
        log.append(with_key(append("a", 1, 1), "k2", "reference"))
            .await
            .unwrap()
            .replayed
    );
    assert_eq!(log.head().await.unwrap(), 1);
}

async fn the_same_key_at_the_same_time_writes_once(log: Log) {
    let attempts = (0..20).map(|_| log.append(with_key(append("a", 0, 1), "k", "body")));
    let answers = join_all(attempts).await;
    let fresh = answers
        .iter()
        .filter(|answer| answer.as_ref().is_ok_and(|a| !a.replayed));
    assert_eq!(fresh.count(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().is_ok_and(|a| a.position == 1))
    );
    assert_eq!(log.head().await.unwrap(), 1);
}

async fn a_value_is_claimed_by_one_aggregate_alone(log: Log) {
    log.append(with_claim(append("a", 0, 1), "name")).await.unwrap();
    let refused = log.append(with_claim(append("b", 0, 1), "name")).await;
    assert!(matches!(refused, Err(AppendError::AlreadyClaimed { holder, .. }) if holder == "a"));
    log.append(with_claim(append("a", 1, 1), "name")).await.unwrap();
    assert_eq!(log.head().await.unwrap(), 2);
    assert_eq!(
        log.find_claim("thing.name", "name").await.unwrap().as_deref(),
        Some("a")
    );
    assert_eq!(log.find_claim("thing.name", "other").await.unwrap(), None);
}

async fn the_same_value_at_the_same_time_is_claimed_once(log: Log) {
    let ids: Vec<String> = (0..20).map(|number| format!("s{number}")).collect();
    let answers = join_all(
        ids.iter()
            .map(|id| log.append(with_claim(append(id, 0, 1), "name"))),
    )
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(log.head().await.unwrap(), 1);
}

async fn a_key_is_answered_before_a_claim_is_refused(log: Log) {
    let open = |id| with_claim(with_key(append(id, 0, 1), "k", "body"), "name");
    log.append(open("a")).await.unwrap();
    let again = log.append(open("b")).await.unwrap();
    assert!(again.replayed && again.aggregate_id == "a");
}

async fn what_stands_on_a_refused_command_is_refused_too(log: Log) {
    log.append(with_key(append("a", 0, 1), "k", "body"))
        .await
        .unwrap();
    let repeated = log
        .reserve()
        .await
        .unwrap()
        .submit(with_key(append("a", 1, 1), "k", "body"));
    let on_top = log.reserve().await.unwrap().submit(append("a", 2, 1));
    assert!(repeated.await.unwrap().replayed);
    assert!(matches!(
        on_top.await,
        Err(AppendError::Conflict { actual: 1, .. } | AppendError::BasisLost { .. })
    ));
    assert_eq!(log.head().await.unwrap(), 1);
}

async fn the_bytes_of_an_event_come_back_unchanged(log: Log) {
    let mut strange = append("a", 0, 1);
    strange.metadata = "{\"actor\" :  \"x\", \"b\":1}".to_owned();
    strange.events[0].payload = "{\"z\": 1.50 ,\"a\":\"\\u00e9 \\u0000 щ\", \"z\" : 2}".to_owned();
    log.append(strange.clone()).await.unwrap();
    let event = log.load(&stream("a"), 0, 1).await.unwrap().remove(0);
    assert_eq!(event.payload, strange.events[0].payload);
    assert_eq!(event.metadata, strange.metadata);
}
