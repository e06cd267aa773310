//! Points of the log and of time, as they are written on the command line.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use event_store::{Filter, Log, Position, ReadError, RecordedEvent};

use crate::error::Error;

/// A point up to which history is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Right after the event at this position.
    Position(Position),
    /// At this time: everything that was written then or before.
    Time(DateTime<Utc>),
}

/// What is neither a time nor a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a time such as 2026-01-31T12:00:00Z, or a date such as 2026-01-31 for its beginning in UTC")]
pub(crate) struct InvalidTime;

/// What is neither a position nor a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a position such as 57, a time such as 2026-01-31T12:00:00Z, or a date such as 2026-01-31")]
pub struct InvalidMoment;

impl Moment {
    /// Whether an event belongs to the history up to here.
    pub fn admits(self, event: &RecordedEvent) -> bool {
        match self {
            Self::Position(position) => event.position <= position,
            Self::Time(time) => event.recorded_at <= time,
        }
    }
}

impl FromStr for Moment {
    type Err = InvalidMoment;
    fn from_str(text: &str) -> Result<Self, InvalidMoment> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self::Position).map_err(|_| InvalidMoment);
        }
        time(text).map(Self::Time).map_err(|InvalidTime| InvalidMoment)
    }
}

/// Reads an RFC 3339 time, or a date, which means its beginning in UTC.
pub(crate) fn time(text: &str) -> Result<DateTime<Utc>, InvalidTime> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let date: NaiveDate = text.parse().map_err(|_| InvalidTime)?;
    Ok(date.and_time(NaiveTime::MIN).and_utc())
}

/// Refuses a time that has not come. Taken for "now" it would answer another question than was asked.
pub(crate) fn not_in_the_future(field: &'static str, time: DateTime<Utc>) -> Result<(), Error> {
    let now = Utc::now();
    if time > now {
        return Err(Error::InTheFuture { field, time, now });
    }
    Ok(())
}

/// The position of the first event that was written at a time or later; one after the head if none was.
///
/// Times never go back along the log, so this is a binary search: some twenty reads of one event each
/// where a filter would look through the whole log.
pub(crate) async fn first_since(
    log: &Log,
    time: DateTime<Utc>,
    head: Position,
) -> Result<Position, ReadError> {
    let (mut low, mut high) = (1, head.saturating_add(1));
    while low < high {
        let middle = low + (high - low) / 2;
        match find(log, middle).await? {
            Some(event) if event.recorded_at < time => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// The event at a position.
pub(crate) async fn find(log: &Log, position: Position) -> Result<Option<RecordedEvent>, ReadError> {
    let filter = Filter {
        up_to: Some(position),
        ..Filter::default()
    };
    Ok(log.read(position.saturating_sub(1), 1, &filter).await?.pop())
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::testing;

    #[test]
    fn a_date_means_its_beginning_and_a_time_may_have_any_offset() {
        let midnight = "2026-01-31T00:00:00Z".parse::<DateTime<Utc>>().unwrap();
        assert_eq!(time("2026-01-31"), Ok(midnight));
        assert_eq!(time("2026-01-31T02:00:00+02:00"), Ok(midnight));
        for wrong in ["", "yesterday", "2026-02-30", "31.01.2026", "2026-01-31T12:00:00"] {
            assert_eq!(time(wrong), Err(InvalidTime), "{wrong}");
        }
    }

    #[test]
    fn digits_alone_are_a_position() {
        assert_eq!("57".parse(), Ok(Moment::Position(57)));
        assert_eq!(
            "2026-01-31".parse(),
            Ok(Moment::Time(time("2026-01-31").unwrap()))
        );
        for wrong in ["", "-1", "5 7", "99999999999999999999"] {
            assert_eq!(wrong.parse::<Moment>(), Err(InvalidMoment), "{wrong}");
        }
    }

    #[tokio::test]
    async fn the_first_event_since_a_time_is_found_without_reading_the_log() {
        // One event a minute from 12:00, so position n is of minute n - 1.
        let log = testing::shop().await.log;
        let head = log.head().await.unwrap();
        for (since, first) in [
            ("2026-01-31", 1),
            ("2026-01-31T12:00:00Z", 1),
            ("2026-01-31T12:00:01Z", 2),
            ("2026-01-31T12:03:00Z", 4),
            ("2026-02-01", head + 1),
        ] {
            assert_eq!(
                first_since(&log, time(since).unwrap(), head).await.unwrap(),
                first,
                "{since}"
            );
        }
    }
}
