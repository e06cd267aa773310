use chrono::{DateTime, TimeDelta, Utc};
use projections::GenerationError;

use super::*;

fn orders(position: i64, beat: i64) -> GenerationStatus {
    let at = DateTime::<Utc>::UNIX_EPOCH;
    GenerationStatus {
        projection: "orders".to_owned(),
        place: String::new(),
        generation: 3,
        schema_version: 1,
        schema_name: "orders_g3".to_owned(),
        state: GenerationState::Live,
        position,
        head: 100,
        lag_events: 100 - position,
        lag_seconds: 0.0,
        started_at: at,
        updated_at: at,
        heartbeat_at: Some(at + TimeDelta::seconds(beat)),
        up_to: None,
        rate: None,
        paused: false,
        skipped_events: 0,
        error: None,
    }
}

fn fulfilment(position: i64) -> ManagerProgress {
    ManagerProgress {
        manager: "fulfilment".to_owned(),
        position,
        head: 100,
        is_worked: true,
        overdue_timers: 0,
        overdue_actions: 0,
        parked_actions: 0,
    }
}

#[test]
fn a_read_model_that_is_behind_and_moves_gets_on_and_one_that_does_not_move_is_named() {
    let (mut judge, start) = (Judge::default(), Instant::now());
    for second in 0..60 {
        judge.begin();
        let now = start + Duration::from_secs(u64::try_from(second).unwrap());
        assert!(judge.read_model(&orders(second, second), now).unwrap().gets_on);
        assert_eq!(judge.troubles, [""; 0]);
    }
    let later = start + Duration::from_secs(59) + PATIENCE;
    let found = judge.read_model(&orders(59, 70), later).unwrap();
    assert!(!found.gets_on);
    assert_eq!(
        judge.troubles,
        ["the read model orders has not moved for 10 s; it is at position 59, 41 events behind"]
    );
}

#[test]
fn a_read_model_without_a_worker_is_named_although_it_lacks_nothing() {
    let (mut judge, start) = (Judge::default(), Instant::now());
    assert!(judge.read_model(&orders(100, 1), start).unwrap().gets_on);
    assert!(
        !judge
            .read_model(&orders(100, 1), start + PATIENCE)
            .unwrap()
            .gets_on
    );
    assert_eq!(
        judge.troubles,
        ["no process has worked the read model orders for 10 s; it is at position 100, 0 events behind"]
    );
}

#[test]
fn an_error_and_a_pause_are_told_at_once() {
    let (mut judge, now) = (Judge::default(), Instant::now());
    let mut broken = orders(5, 1);
    broken.error = Some(GenerationError {
        reason: "the event at position 6 cannot be written".to_owned(),
        position: Some(6),
        at: DateTime::UNIX_EPOCH,
    });
    let found = judge.read_model(&broken, now).unwrap();
    assert_eq!((found.gets_on, found.error_position), (false, Some(6)));
    broken.paused = true;
    assert!(!judge.read_model(&broken, now).unwrap().gets_on);
    assert_eq!(
        judge.troubles,
        [
            "the read model orders stands still at position 5, 95 events behind: the event at position 6 cannot \
             be written",
            "the read model orders is paused by an operator, at position 5, 95 events behind",
        ]
    );
}

#[test]
fn a_process_manager_that_stands_still_and_what_waits_for_people_are_named() {
    let (mut judge, start) = (Judge::default(), Instant::now());
    assert!(judge.manager(fulfilment(7), start).gets_on);
    assert!(judge.manager(fulfilment(8), start + PATIENCE).gets_on);
    assert!(!judge.manager(fulfilment(8), start + 2 * PATIENCE).gets_on);
    let mut parked = fulfilment(100);
    (parked.parked_actions, parked.overdue_timers) = (2, 3);
    assert!(!judge.manager(parked, start).gets_on);
    assert_eq!(
        judge.troubles,
        [
            "the process manager fulfilment has not moved for 10 s; it is at position 8, 92 events behind",
            "the process manager fulfilment has 3 timers that should have rung",
            "the process manager fulfilment has parked 2 actions for an operator (`souk processes list --parked`)",
        ]
    );
}

#[test]
fn what_had_nothing_to_do_for_long_gets_on_when_there_is_something() {
    let (mut judge, start) = (Judge::default(), Instant::now());
    let all_done = |head: i64| ManagerProgress {
        head,
        ..fulfilment(100)
    };
    let followed = |head: i64, beat: i64| GenerationStatus {
        head,
        lag_events: head - 100,
        ..orders(100, beat)
    };
    assert!(judge.manager(all_done(100), start).gets_on);
    assert!(judge.read_model(&followed(100, 1), start).unwrap().gets_on);
    // A command just before the next look, after a quiet hour.
    let later = start + Duration::from_secs(3_600);
    assert!(judge.manager(all_done(103), later).gets_on);
    assert!(judge.read_model(&followed(103, 2), later).unwrap().gets_on);
    // From then on it counts.
    assert!(!judge.manager(all_done(103), later + PATIENCE).gets_on);
    let found = judge.read_model(&followed(103, 3), later + PATIENCE).unwrap();
    assert!(!found.gets_on);
}

#[test]
fn a_process_manager_that_no_process_works_is_named() {
    let (mut judge, start) = (Judge::default(), Instant::now());
    let mut alone = fulfilment(100);
    alone.is_worked = false;
    assert!(judge.manager(alone.clone(), start).gets_on);
    assert!(!judge.manager(alone, start + PATIENCE).gets_on);
    assert_eq!(
        judge.troubles,
        ["the process manager fulfilment has been worked by no process for 10 s"]
    );
}

#[test]
fn a_log_ahead_of_the_clock_and_a_disk_that_is_nearly_full_are_named() {
    let mut judge = Judge::default();
    let log = |seconds_ahead_of_clock| LogFound {
        position: 1,
        seconds_ahead_of_clock,
    };
    judge.log(log(-0.5));
    judge.log(log(1.5));
    assert_eq!(judge.troubles, [""; 0]);
    judge.log(log(3_584.2));
    let room = |free_bytes| Room {
        free_bytes,
        total_bytes: MIN_FREE_BYTES * 4,
    };
    assert!(judge.disk(room(MIN_FREE_BYTES)).has_room);
    assert!(!judge.disk(room(MIN_FREE_BYTES - 1)).has_room);
    assert_eq!(judge.troubles.len(), 2);
    assert!(judge.troubles[0].contains("3584 s ahead"), "{:?}", judge.troubles);
    assert!(judge.troubles[1].contains("511 MiB left"), "{:?}", judge.troubles);
}
