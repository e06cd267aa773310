//! The first look at a document: how many tokens it has and how deep its brackets nest.
//!
//! Everything after this one recurses, if only into what it builds. So this is one pass over the bytes with a
//! counter, and it counts every bracket alike: selections, arguments, lists, objects and types. Commas and
//! comments count as tokens, since they cost the parser as much as one; blanks do not. A document that is
//! not GraphQL passes if it is small and flat; the parser refuses it.
//!
//! Source: GraphQL specification (September 2025), section 2.1 "Source Text".

use crate::limits::{MAX_NESTING, MAX_TOKENS};

/// What a document has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooMuch {
    Tokens,
    Nesting,
}

/// Counts tokens and open brackets.
pub(super) fn scan(text: &str) -> Result<(), TooMuch> {
    let mut rest = text.as_bytes();
    let (mut tokens, mut open) = (0_usize, 0_usize);
    loop {
        rest = skip_blanks(rest);
        let Some(first) = rest.first() else {
            return Ok(());
        };
        tokens += 1;
        if tokens > MAX_TOKENS {
            return Err(TooMuch::Tokens);
        }
        match first {
            b'{' | b'[' | b'(' => open += 1,
            b'}' | b']' | b')' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_NESTING {
            return Err(TooMuch::Nesting);
        }
        rest = rest.get(token_length(rest)..).unwrap_or_default();
    }
}

/// What stands between tokens and costs nothing: blanks, line ends and the byte order mark.
fn skip_blanks(mut rest: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\n' | b'\r', after @ ..] | [0xEF, 0xBB, 0xBF, after @ ..] = rest {
        rest = after;
    }
    rest
}

/// How many bytes the first token has; a byte that begins none is one of its own.
fn token_length(rest: &[u8]) -> usize {
    match rest {
        [b'"', b'"', b'"', ..] => block_string_length(rest),
        [b'"', ..] => string_length(rest),
        [b'#', ..] => {
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            end.unwrap_or(rest.len())
        }
        [first, ..] if is_word(*first) => rest.iter().take_while(|byte| is_word(**byte)).count(),
        _ => 1,
    }
}

/// Names and numbers. Two that touch are one token here, and a mistake for the parser.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+')
}

/// A string ends at its quote, or unfinished at the end of its line.
fn string_length(rest: &[u8]) -> usize {
    let mut at = 1;
    loop {
        match rest.get(at) {
            Some(b'\\') => at += 2,
            Some(b'"') => return at + 1,
            Some(b'\n' | b'\r') | None => return at,
            Some(_) => at += 1,
        }
    }
}

/// A block string ends at three quotes that no backslash precedes.
fn block_string_length(rest: &[u8]) -> usize {
    let mut at = 3;
    loop {
        match rest.get(at..) {
            Some([b'\\', b'"', b'"', b'"', ..]) => at += 4,
            Some([b'"', b'"', b'"', ..]) => return at + 3,
            Some([_, ..]) => at += 1,
            _ => return rest.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_of_every_kind_are_counted_together() {
        for (open, close) in [("{", "}"), ("[", "]"), ("(", ")"), ("{[(", ")]}")] {
            let at_most = MAX_NESTING / open.len();
            let nested = |depth: usize| open.repeat(depth) + &close.repeat(depth);
            assert_eq!(scan(&nested(at_most)), Ok(()), "{open}");
            assert_eq!(scan(&nested(at_most + 1)), Err(TooMuch::Nesting), "{open}");
            assert_eq!(scan(&open.repeat(100_000)), Err(TooMuch::Nesting), "{open}");
        }
    }

    #[test]
    fn brackets_in_strings_and_comments_are_none() {
        let deep = "[".repeat(MAX_NESTING + 1);
        for text in [
            format!("\"{deep}\""),
            format!("\"\\\"{deep}\""),
            format!("\"\"\"{deep}\n{deep}\\\"\"\"{deep}\"\"\""),
            format!("# {deep}\n{{a}}"),
        ] {
            assert_eq!(scan(&text), Ok(()), "{text}");
        }
        // A string ends with its line, and a comment too.
        for text in [
            format!("\"\n{deep}"),
            format!("#\r{deep}"),
            format!("\"\" {deep}"),
        ] {
            assert_eq!(scan(&text), Err(TooMuch::Nesting), "{text}");
        }
    }

    #[test]
    fn everything_but_blanks_is_a_token() {
        assert_eq!(scan(&" \r\n\t".repeat(MAX_TOKENS)), Ok(()));
        for token in ["a ", "!", ",", "#\n", "\"a\"", "-15 "] {
            assert_eq!(scan(&token.repeat(MAX_TOKENS)), Ok(()), "{token:?}");
            assert_eq!(
                scan(&token.repeat(MAX_TOKENS + 1)),
                Err(TooMuch::Tokens),
                "{token:?}"
            );
        }
    }
}
