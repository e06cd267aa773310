//! Lengths of time for people.

/// How long something took or is ago, in its largest unit: `59 s`, `25 min`, `3 h`, `2 d`.
pub(crate) fn span(seconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    match seconds {
        ..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => format!("{} h", seconds / HOUR),
        DAY.. => format!("{} d", seconds / DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_said_in_its_largest_unit() {
        assert_eq!(
            [0, 59, 60, 1_534, 3_600, 86_399, 86_400, 200_000].map(span),
            ["0 s", "59 s", "1 min", "25 min", "1 h", "23 h", "1 d", "2 d"]
        );
    }
}
