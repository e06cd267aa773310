//! Rows in the binary format of COPY, encoded as soon as they are known.
//!
//! The fastest way into a table, and the smallest way to keep rows until then: one buffer and no value
//! of its own for each column. (PostgreSQL manual, COPY, "Binary Format")

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::table::Schema;

/// What every stream begins with: signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What every stream ends with, in the place of a number of columns.
const TRAILER: &[u8] = &(-1_i16).to_be_bytes();

/// How much is handed to the connection at once.
const CHUNK_BYTES: usize = 256 * 1_024;

/// PostgreSQL counts time from 2000-01-01; this is that day in microseconds and in days since 1970.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
const EPOCH: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Rows on their way into a table.
#[derive(Debug, Default)]
pub(crate) struct CopyRows {
    bytes: Vec<u8>,
}

/// A value that a column can take.
pub(crate) trait CopyValue {
    /// Writes the length and the value; an absent value has the length -1.
    fn put(&self, out: &mut Vec<u8>);
}

/// JSON as text, for a column of type `jsonb`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Jsonb<'text>(pub(crate) &'text str);

impl CopyRows {
    /// Adds a row.
    pub(crate) fn push(&mut self, columns: &[&dyn CopyValue]) {
        let count = i16::try_from(columns.len()).unwrap_or(i16::MAX);
        self.bytes.extend_from_slice(&count.to_be_bytes());
        for column in columns {
            column.put(&mut self.bytes);
        }
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Writes the rows; `table` is its name and its columns, such as `lines (order_id, line)`.
    pub(crate) async fn copy_into(
        &self,
        table: &str,
        schema: &Schema,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        if self.is_empty() {
            return Ok(());
        }
        let statement = format!("COPY {}.{table} FROM STDIN WITH (FORMAT binary)", schema.name());
        let mut copy = connection.copy_in_raw(&statement).await?;
        copy.send(HEADER).await?;
        for chunk in self.bytes.chunks(CHUNK_BYTES) {
            copy.send(chunk).await?;
        }
        copy.send(TRAILER).await?;
        copy.finish().await.map(|_rows| ())
    }
}

fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}

macro_rules! numbers {
    ($($number:ty),+) => { $(
        impl CopyValue for $number {
            fn put(&self, out: &mut Vec<u8>) {
                put_bytes(&self.to_be_bytes(), out);
            }
        }
    )+ };
}

numbers!(i16, i32, i64);

/// A whole number for a column of type `numeric`: digits of base 10,000, the most significant first.
impl CopyValue for i128 {
    fn put(&self, out: &mut Vec<u8>) {
        const BASE: u128 = 10_000;
        let mut digits: Vec<i16> = Vec::new();
        let mut rest = self.unsigned_abs();
        while rest > 0 {
            digits.push(i16::try_from(rest % BASE).unwrap_or_default());
            rest /= BASE;
        }
        // 128 bits have ten such digits at most.
        let count = i16::try_from(digits.len()).unwrap_or_default();
        let sign: i16 = if *self < 0 { 0x4000 } else { 0 };
        let mut bytes = Vec::with_capacity(8 + 2 * digits.len());
        // How many digits, the weight of the first one, the sign, and no digit behind the point.
        for word in [count, (count - 1).max(0), sign, 0] {
            bytes.extend_from_slice(&word.to_be_bytes());
        }
        for digit in digits.iter().rev() {
            bytes.extend_from_slice(&digit.to_be_bytes());
        }
        put_bytes(&bytes, out);
    }
}

impl CopyValue for bool {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(&[u8::from(*self)], out);
    }
}

impl CopyValue for str {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self.as_bytes(), out);
    }
}

impl CopyValue for &str {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self.as_bytes(), out);
    }
}

impl CopyValue for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self.as_bytes(), out);
    }
}

impl CopyValue for std::borrow::Cow<'_, str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self.as_bytes(), out);
    }
}

impl CopyValue for Uuid {
    fn put(&self, out: &mut Vec<u8>) {
        put_bytes(self.as_bytes(), out);
    }
}

impl CopyValue for DateTime<Utc> {
    fn put(&self, out: &mut Vec<u8>) {
        self.timestamp_micros().saturating_sub(EPOCH_MICROS).put(out);
    }
}

impl CopyValue for NaiveDate {
    fn put(&self, out: &mut Vec<u8>) {
        let days = self.signed_duration_since(EPOCH).num_days();
        i32::try_from(days).unwrap_or(i32::MAX).put(out);
    }
}

impl CopyValue for Jsonb<'_> {
    fn put(&self, out: &mut Vec<u8>) {
        let length = i32::try_from(self.0.len() + 1).unwrap_or(i32::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        // The version of the format.
        out.push(1);
        out.extend_from_slice(self.0.as_bytes());
    }
}

impl<T: CopyValue> CopyValue for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.put(out),
            None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
        }
    }
}
