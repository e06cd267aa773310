//! Stored JSON laid out on several lines.
//!
//! Reading it and writing it again would be shorter, and would sort the fields and rewrite the numbers:
//! an auditor would see something else than what was stored.

use std::iter::Peekable;

use super::text::acts;

/// From this depth on lines are not indented any further, so that hostile nesting stays linear.
const MAX_INDENT: usize = 32;

/// JSON on several lines; all but the first are moved to the right by `margin`.
pub(crate) fn indented(json: &str, margin: usize) -> String {
    let mut lines = Lines {
        text: String::with_capacity(json.len() * 2),
        margin,
        depth: 0,
    };
    let mut rest = json.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '"' => lines.string(&mut rest),
            '{' | '[' => lines.open(next, &mut rest),
            '}' | ']' => lines.close(next),
            ',' => {
                lines.text.push(',');
                lines.break_line();
            }
            ':' => lines.text.push_str(": "),
            space if space.is_whitespace() => {}
            other => lines.text.push(visible(other)),
        }
    }
    lines.text
}

struct Lines {
    text: String,
    margin: usize,
    depth: usize,
}

impl Lines {
    /// Copies a string up to its closing quote.
    fn string(&mut self, rest: &mut impl Iterator<Item = char>) {
        self.text.push('"');
        let mut escaped = false;
        for next in rest {
            self.text.push(visible(next));
            if next == '"' && !escaped {
                return;
            }
            escaped = next == '\\' && !escaped;
        }
    }

    fn open(&mut self, bracket: char, rest: &mut Peekable<impl Iterator<Item = char>>) {
        self.text.push(bracket);
        while rest.next_if(|next| next.is_whitespace()).is_some() {}
        match rest.next_if(|next| matches!(next, '}' | ']')) {
            Some(closing) => self.text.push(closing),
            None => {
                self.depth += 1;
                self.break_line();
            }
        }
    }

    fn close(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        self.break_line();
        self.text.push(bracket);
    }

    fn break_line(&mut self) {
        let indent = self.margin + 2 * self.depth.min(MAX_INDENT);
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', indent));
    }
}

/// What somebody wrote into an event must not move the cursor.
fn visible(letter: char) -> char {
    if acts(letter) {
        char::REPLACEMENT_CHARACTER
    } else {
        letter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order_and_numbers_their_form() {
        let json = r#"{"b":1.50,"a":[true,{}, [ ]],"c":{"text":"x,\"{y}\\"}}"#;
        let laid_out = "{\n  \"b\": 1.50,\n  \"a\": [\n    true,\n    {},\n    []\n  ],\n  \"c\": {\n    \"text\": \"x,\\\"{y}\\\\\"\n  }\n}";
        assert_eq!(indented(json, 0), laid_out);
        assert_eq!(indented(laid_out, 0), laid_out);
    }

    #[test]
    fn all_lines_but_the_first_keep_the_margin() {
        assert_eq!(indented(r#"{"a":1}"#, 3), "{\n     \"a\": 1\n   }");
    }

    #[test]
    fn hostile_nesting_and_broken_json_are_only_ugly() {
        let deep = indented(&"[".repeat(10_000), 0);
        assert!(deep.len() < 10_000 * (2 * MAX_INDENT + 3));
        assert_eq!(indented("]}\"\u{9b}x", 0), "\n]\n}\"\u{fffd}x");
    }
}
