//! What is asked of a log in a random history.

use proptest::{collection::vec, option, prelude::*, sample::subsequence};

use crate::Sequence;

/// Two aggregates of one type, and one of another type with the name of the first.
pub(super) const STREAMS: [(&str, &str); 3] = [("thing", "a"), ("thing", "b"), ("other", "a")];
pub(super) const KEYS: [&str; 5] = ["k1", "k2", "k3", "k4", "k5"];
pub(super) const VALUES: [&str; 3] = ["v1", "v2", "v3"];
pub(super) const EVENT_TYPES: [&str; 2] = ["Happened", "Ended"];
pub(super) const CORRELATIONS: [&str; 2] = ["c1", "c2"];

/// One command.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) stream: usize,
    /// How far the expected sequence is from the right one.
    pub(super) off: Sequence,
    pub(super) events: Vec<usize>,
    pub(super) correlation: usize,
    pub(super) keys: Vec<&'static str>,
    pub(super) body: bool,
    pub(super) values: Vec<&'static str>,
    pub(super) oversized: bool,
}

/// One reading of the log. Places are counted from the first event of the history.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) after: i64,
    pub(super) limit: usize,
    pub(super) aggregate_types: Vec<&'static str>,
    pub(super) stream: Option<usize>,
    pub(super) event_types: Vec<&'static str>,
    pub(super) correlation: Option<usize>,
    pub(super) up_to: Option<i64>,
    pub(super) since: Option<usize>,
    pub(super) until: Option<usize>,
}

fn asked() -> impl Strategy<Value = Asked> {
    let off = prop_oneof![6 => Just(0), 1 => -2..=2_i64];
    let keys = prop_oneof![2 => Just(Vec::new()), 3 => subsequence(&KEYS[..], 1..=2)];
    let values = prop_oneof![3 => Just(Vec::new()), 1 => subsequence(&VALUES[..], 1..=2)];
    let oversized = prop_oneof![19 => Just(false), 1 => Just(true)];
    let body = prop_oneof![5 => Just(false), 1 => Just(true)];
    (
        0..STREAMS.len(),
        off,
        vec(0..EVENT_TYPES.len(), 0..4),
        0..CORRELATIONS.len(),
        keys,
        body,
        values,
        oversized,
    )
        .prop_map(
            |(stream, off, events, correlation, keys, body, values, oversized)| Asked {
                stream,
                off,
                events,
                correlation,
                keys,
                body,
                values,
                oversized,
            },
        )
}

fn question() -> impl Strategy<Value = Question> {
    (
        0..20_i64,
        0..12_usize,
        subsequence(&["thing", "other", "none"][..], 0..=2),
        option::of(0..STREAMS.len()),
        subsequence(&EVENT_TYPES[..], 0..=2),
        option::of(0..CORRELATIONS.len()),
        option::of(0..40_i64),
        option::of(0..40_usize),
        option::of(0..40_usize),
    )
        .prop_map(
            |(after, limit, aggregate_types, stream, event_types, correlation, up_to, since, until)| {
                Question {
                    after,
                    limit,
                    aggregate_types,
                    stream,
                    event_types,
                    correlation,
                    up_to,
                    since,
                    until,
                }
            },
        )
}

/// Groups of commands that are handed over together, and what is read at the end.
pub(super) fn histories() -> impl Strategy<Value = (Vec<Vec<Asked>>, Vec<Question>)> {
    (vec(vec(asked(), 1..5), 1..12), vec(question(), 1..8))
}
