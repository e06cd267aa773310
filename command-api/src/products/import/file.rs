//! The bytes of a file: how they are encoded, and in which line something is.
//!
//! A line ends with LF, CR LF or CR. Editors count the same way, so a report names the line that its
//! reader looks up.

use crate::refused::{FieldError, Refused};

/// What editors put before a text to say that it is UTF-8. It is no part of the text.
///
/// A file may begin with it. The body of any other command must not: JSON that is sent over a network has
/// none (RFC 8259, 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How far a file is searched for signs of another encoding.
const ENCODING_SAMPLE_BYTES: usize = 1_024;

/// The text of a file, without its byte order mark.
///
/// # Errors
///
/// When the file is encoded in UTF-16 or UTF-32. Bytes that are no UTF-8 within one row cost only that row.
pub(super) fn decoded(bytes: &[u8]) -> Result<&[u8], Refused> {
    let sample = bytes.get(..ENCODING_SAMPLE_BYTES).unwrap_or(bytes);
    // No text has a NUL, and in these encodings every ASCII letter has one.
    let wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || sample.contains(&0);
    if wide {
        return Err(Refused::fields(vec![FieldError {
            field: String::new(),
            code: "unsupported_encoding",
            rule: "must be encoded in UTF-8, not in UTF-16 or UTF-32: save the file as \"CSV UTF-8\""
                .to_owned(),
        }]));
    }
    Ok(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes))
}

/// Counts lines from the beginning of a file to places further and further on.
pub(super) struct LineCounter<'file> {
    bytes: &'file [u8],
    offset: usize,
    line: u64,
}

impl<'file> LineCounter<'file> {
    pub(super) fn new(bytes: &'file [u8]) -> Self {
        Self {
            bytes,
            offset: 0,
            line: 1,
        }
    }

    /// The line of the first byte at or after the offset that ends no line; offsets must not decrease.
    /// Nothing when there is no such byte.
    pub(super) fn line_at(&mut self, offset: usize) -> Option<u64> {
        while let Some(byte) = self.bytes.get(self.offset) {
            let ends_line = match byte {
                b'\n' => true,
                // Of CR LF the second byte ends the line.
                b'\r' => self.bytes.get(self.offset + 1) != Some(&b'\n'),
                _ if self.offset >= offset => return Some(self.line),
                _ => false,
            };
            self.line += u64::from(ends_line);
            self.offset += 1;
        }
        None
    }
}

/// Every line that is not blank, with its number.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let mut counter = LineCounter::new(bytes);
    let mut offset = 0;
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.filter_map(move |line| {
        let start = offset;
        offset += line.len() + 1;
        let number = if line.trim_ascii().is_empty() {
            None
        } else {
            counter.line_at(start)
        };
        number.map(|number| (number, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_editors_count_them() {
        for text in [
            "a\nb\n\n c\n",
            "a\r\nb\r\n\r\n c\r\n",
            "a\rb\r\r c\r",
            "a\r\nb\r\n\n c",
        ] {
            let lines: Vec<(u64, &[u8])> = lines(text.as_bytes()).collect();
            assert_eq!(
                lines,
                [(1, &b"a"[..]), (2, &b"b"[..]), (4, &b" c"[..])],
                "{text:?}"
            );
        }
        assert_eq!(lines(b" \n\r\n").count(), 0);
    }

    #[test]
    fn a_file_of_another_encoding_is_refused_as_a_whole() {
        let utf_16: Vec<u8> = "name".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [b"\xff\xfen\0".to_vec(), b"\xfe\xff\0n".to_vec(), utf_16] {
            assert_eq!(decoded(&bytes).unwrap_err().code, "unsupported_encoding");
        }
        assert_eq!(decoded(b"\xef\xbb\xbfname").unwrap(), b"name");
        assert_eq!(decoded(b"").unwrap(), b"");
    }
}
