//! Parts of a SKU: people remember a part of it, and not its separators.
//!
//! `ZW-SEAT90-OAK` is found by `zw`, `seat90`, `oak`, `zwseat90`, `seat90oak` and `zwseat90oak`. No part is ever
//! taken for a number: `00123` is not `123`.

/// The most parts that are put together; the others are found one by one.
const MOST_PARTS: usize = 6;

/// The words that a SKU is found by: its parts, and all rows of them without their separators.
pub(super) fn of(sku: &str) -> Vec<String> {
    let small = sku.to_lowercase();
    let parts: Vec<&str> = small
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    let mut words: Vec<String> = Vec::new();
    for begin in 0..parts.len() {
        let mut joined = String::new();
        for part in parts.iter().skip(begin).take(MOST_PARTS) {
            joined.push_str(part);
            words.push(joined.clone());
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn every_row_of_parts_is_a_word() {
        assert_eq!(
            of("ZW-SEAT90.oak"),
            ["oak", "seat90", "seat90oak", "zw", "zwseat90", "zwseat90oak"]
        );
        assert_eq!(of("00123"), ["00123"]);
        assert_eq!(of("a-".repeat(200).as_str()).len(), 6, "bounded");
    }
}
