//! How often a subscription is charged.

use chrono::{DateTime, Days, Months, Utc};
use serde::{Deserialize, Serialize};

/// The time between two charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// So many days.
    Days(u16),
    /// So many months of the calendar.
    Months(u16),
}

impl Period {
    /// The longest period, in days or months: beyond it somebody slipped on the keyboard.
    pub const MAX: u16 = 366;

    /// Whether the period is of a sensible length.
    pub const fn is_sound(self) -> bool {
        let (Self::Days(count) | Self::Months(count)) = self;
        1 <= count && count <= Self::MAX
    }

    /// When a period begins, counted from the anchor; the end of time when that is later.
    pub fn begin(self, anchor: DateTime<Utc>, number: u32) -> DateTime<Utc> {
        let begin = match self {
            Self::Days(days) => {
                anchor.checked_add_days(Days::new(u64::from(days).saturating_mul(number.into())))
            }
            Self::Months(months) => {
                anchor.checked_add_months(Months::new(u32::from(months).saturating_mul(number)))
            }
        };
        begin.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}
