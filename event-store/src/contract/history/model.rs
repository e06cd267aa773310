//! The contract of a log in its plainest form.

use std::collections::BTreeMap;

use super::asked::{Asked, CORRELATIONS, EVENT_TYPES, KEYS, Question, STREAMS, VALUES};
use crate::{
    Append, AppendError, Appended, Claim, CommandKey, Filter, Log, NewEvent, Position, RecordedEvent,
    Sequence, StoredKey, StreamId,
};

/// An answer that can be compared: refusals are told apart by what they say.
type Plain = Result<Appended, String>;

/// A list of events, and what was stored with them.
#[derive(Debug, Clone)]
pub(super) struct Model {
    case: i64,
    /// The head of the log when the history began.
    base: Position,
    max_bytes: Option<usize>,
    events: Vec<(StreamId, Sequence, NewEvent, String)>,
    keys: BTreeMap<String, StoredKey>,
    claims: BTreeMap<String, StreamId>,
}

impl Model {
    pub(super) fn new(case: i64, base: Position, max_bytes: Option<usize>) -> Self {
        Self {
            case,
            base,
            max_bytes,
            events: Vec::new(),
            keys: BTreeMap::new(),
            claims: BTreeMap::new(),
        }
    }

    fn stream(&self, number: usize) -> StreamId {
        let (aggregate_type, name) = STREAMS[number];
        StreamId::new(aggregate_type, self.name(name))
    }

    fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.case)
    }

    fn head(&self) -> Position {
        self.base + Position::try_from(self.events.len()).unwrap()
    }

    fn sequence(&self, stream: &StreamId) -> Sequence {
        let own = self.events.iter().filter(|(of, ..)| of == stream).count();
        Sequence::try_from(own).unwrap()
    }

    /// Makes a command and notes what comes of it if nothing comes in between.
    pub(super) fn prepare(&mut self, asked: &Asked) -> Append {
        let stream = self.stream(asked.stream);
        let expected = (self.sequence(&stream) + asked.off).max(0);
        let filling = self.max_bytes.filter(|_| asked.oversized).unwrap_or_default();
        let event = |(place, kind): (usize, &usize)| NewEvent {
            event_type: EVENT_TYPES[*kind].to_owned(),
            event_version: "1".to_owned(),
            payload: format!(r#"{{"place":{place},"filling":"{}"}}"#, "x".repeat(filling)),
        };
        let key = |key: &&str| CommandKey {
            key: self.name(key),
            fingerprint: vec![u8::from(asked.body)],
        };
        let claim = |value: &&str| Claim {
            scope: "scope".to_owned(),
            value: self.name(value),
        };
        let append = Append {
            stream,
            expected,
            events: asked.events.iter().enumerate().map(event).collect(),
            metadata: format!(r#"{{"correlation_id":"{}"}}"#, CORRELATIONS[asked.correlation]),
            keys: asked.keys.iter().map(key).collect(),
            claims: asked.values.iter().map(claim).collect(),
        };
        drop(self.append(&append, None));
        append
    }

    /// Does what a log has to do. The position of a command without events is any head while it was
    /// waiting, so for such a one the position that was answered is taken.
    fn append(&mut self, append: &Append, answered: Option<Position>) -> Plain {
        let bytes: usize = append.events.iter().map(|event| event.payload.len()).sum();
        if let Some(max_bytes) = self.max_bytes.filter(|max| bytes > *max) {
            return Err(AppendError::TooLarge { max_bytes }.to_string());
        }
        for key in &append.keys {
            if let Some(stored) = self.keys.get(&key.key) {
                return stored.answer(key).map_err(|error| error.to_string());
            }
        }
        for Claim { scope, value } in &append.claims {
            if let Some(holder) = self.claims.get(value).filter(|holder| **holder != append.stream) {
                let (scope, value) = (scope.clone(), value.clone());
                let holder = holder.aggregate_id.clone();
                return Err(AppendError::AlreadyClaimed { scope, value, holder }.to_string());
            }
        }
        let actual = self.sequence(&append.stream);
        if actual != append.expected {
            return Err(conflict(append, actual));
        }
        for (sequence, event) in (actual + 1..).zip(&append.events) {
            let (stream, metadata) = (append.stream.clone(), append.metadata.clone());
            self.events.push((stream, sequence, event.clone(), metadata));
        }
        let position = match answered {
            Some(position) if append.events.is_empty() => position,
            _ => self.head(),
        };
        let appended = Appended {
            aggregate_id: append.stream.aggregate_id.clone(),
            sequence: self.sequence(&append.stream),
            position,
            replayed: false,
        };
        for claim in &append.claims {
            self.claims.insert(claim.value.clone(), append.stream.clone());
        }
        for CommandKey { key, fingerprint } in &append.keys {
            let (fingerprint, stream) = (fingerprint.clone(), append.stream.clone());
            let stored = StoredKey {
                fingerprint,
                stream,
                appended: Appended {
                    replayed: true,
                    ..appended.clone()
                },
            };
            self.keys.insert(key.clone(), stored);
        }
        Ok(appended)
    }

    /// The model after a group of commands that were waiting together, if there is an order of them in
    /// which these are the right answers.
    pub(super) fn explain(
        &self,
        appends: &[Append],
        answers: &[Result<Appended, AppendError>],
    ) -> Option<Self> {
        let pairs: Vec<_> = appends.iter().zip(answers).collect();
        let found = self.explain_rest(&pairs)?;
        let heads = self.head()..=found.head();
        let in_bounds = |answer: &Result<Appended, AppendError>| {
            answer
                .as_ref()
                .map_or(true, |a| a.replayed || heads.contains(&a.position))
        };
        answers.iter().all(in_bounds).then_some(found)
    }

    fn explain_rest(&self, rest: &[(&Append, &Result<Appended, AppendError>)]) -> Option<Self> {
        if rest.is_empty() {
            return Some(self.clone());
        }
        for (place, (append, answer)) in rest.iter().enumerate() {
            let mut after = self.clone();
            let expected = after.append(append, answer.as_ref().ok().map(|appended| appended.position));
            let plain = (*answer).clone().map_err(|error| error.to_string());
            let (before, later) = (&rest[..place], &rest[place + 1..]);
            let others: Vec<_> = before.iter().chain(later).copied().collect();
            if expected == plain
                && let Some(found) = after.explain_rest(&others)
            {
                return Some(found);
            }
        }
        None
    }

    /// Reads everything back.
    pub(super) async fn compare(&self, log: &Log, questions: &[Question]) {
        let all = log.read(self.base, 10_000, &Filter::default()).await.unwrap();
        let expected = (self.base + 1..).zip(&self.events);
        assert_eq!(all.len(), self.events.len());
        for (event, (position, (stream, sequence, new, metadata))) in all.iter().zip(expected) {
            assert_eq!((event.position, event.sequence), (position, *sequence));
            assert_eq!(StreamId::new(&event.aggregate_type, &event.aggregate_id), *stream);
            assert_eq!(
                (&event.event_type, &event.payload),
                (&new.event_type, &new.payload)
            );
            assert_eq!(&event.metadata, metadata);
        }
        assert!(all.is_sorted_by_key(|event| event.recorded_at));
        for question in questions {
            self.compare_page(log, &all, question).await;
        }
        for number in 0..STREAMS.len() {
            self.compare_stream(log, &all, number).await;
        }
        for key in KEYS.map(|key| self.name(key)) {
            assert_eq!(
                log.find_key(&key).await.unwrap().as_ref().map(told),
                self.keys.get(&key).map(told)
            );
        }
        for value in VALUES.map(|value| self.name(value)) {
            let holder = self.claims.get(&value).map(|holder| holder.aggregate_id.clone());
            assert_eq!(log.find_claim("scope", &value).await.unwrap(), holder);
        }
        assert_eq!(log.head().await.unwrap(), self.head());
    }

    async fn compare_page(&self, log: &Log, all: &[RecordedEvent], question: &Question) {
        let time = |place: Option<usize>| all.get(place?).map(|event| event.recorded_at);
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let filter = Filter {
            aggregate_types: owned(&question.aggregate_types),
            aggregate_id: question.stream.map(|number| self.stream(number).aggregate_id),
            event_types: owned(&question.event_types),
            correlation_id: question.correlation.map(|number| CORRELATIONS[number].to_owned()),
            actor: None,
            up_to: question.up_to.map(|place| self.base + place),
            since: time(question.since),
            until: time(question.until),
            ..Filter::default()
        };
        let after = self.base + question.after;
        let passing = all
            .iter()
            .filter(|event| event.position > after && filter.admits(event));
        let expected: Vec<_> = passing.take(question.limit).cloned().collect();
        let read = log.read(after, question.limit, &filter).await.unwrap();
        assert_eq!(read, expected, "{filter:?}");
    }

    async fn compare_stream(&self, log: &Log, all: &[RecordedEvent], number: usize) {
        let stream = self.stream(number);
        let of_stream = |e: &&RecordedEvent| StreamId::new(&e.aggregate_type, &e.aggregate_id) == stream;
        let own: Vec<_> = all.iter().filter(of_stream).cloned().collect();
        assert_eq!(log.load(&stream, 0, 10_000).await.unwrap(), own);
        let middle: Vec<_> = own.iter().skip(1).take(2).cloned().collect();
        assert_eq!(log.load(&stream, 1, 2).await.unwrap(), middle);
        assert_eq!(log.sequence(&stream).await.unwrap(), self.sequence(&stream));
    }
}

fn conflict(append: &Append, actual: Sequence) -> String {
    let error = AppendError::Conflict {
        stream: append.stream.clone(),
        expected: append.expected,
        actual,
    };
    error.to_string()
}

/// What was stored with a key; whether it counts as repeated is a matter of who asks.
fn told(stored: &StoredKey) -> (Vec<u8>, StreamId, Sequence, Position) {
    let Appended {
        sequence, position, ..
    } = stored.appended;
    (
        stored.fingerprint.clone(),
        stored.stream.clone(),
        sequence,
        position,
    )
}
