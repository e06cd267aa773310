//! Counting prices in ranges that people can read: 1 to 2, 2 to 5, 5 to 10, 10 to 20 …
//!
//! The ranges are known before any price is, so one pass is enough; those with few products are put
//! together afterwards.

/// More ranges than this nobody reads.
pub(super) const MAX_RANGES: usize = 8;

/// The first range begins at 0, the second at 100, and from there on the bounds are 1, 2 and 5 times the
/// powers of ten, in minor units. The last of them is ten thousand millions.
const BOUNDS: [i64; 26] = [
    0,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
    200_000_000,
    500_000_000,
    1_000_000_000,
    2_000_000_000,
    5_000_000_000,
    10_000_000_000,
];

/// How many products are in each range.
#[derive(Debug, Clone, Default)]
pub(super) struct PriceCounts {
    counts: [u64; BOUNDS.len()],
}

/// A range of prices in minor units, both ends included, and how many products are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceBucket {
    /// The lowest price.
    pub min: i64,
    /// The highest price; there is none above it in the last range.
    pub max: Option<i64>,
    /// How many products.
    pub count: u64,
}

impl PriceCounts {
    /// Counts a product; one without a price is in no range.
    pub(super) fn count(&mut self, price: Option<i64>) {
        let Some(price) = price else { return };
        if let Some(count) = self.counts.get_mut(range_of(price)) {
            *count += 1;
        }
    }

    /// The ranges that have products, at most [`MAX_RANGES`], with nothing between them left out.
    pub(super) fn buckets(&self) -> Vec<PriceBucket> {
        let used = |count: &u64| *count > 0;
        let (Some(first), Some(last)) = (
            self.counts.iter().position(used),
            self.counts.iter().rposition(used),
        ) else {
            return Vec::new();
        };
        let one = |index: usize| PriceBucket {
            min: BOUNDS.get(index).copied().unwrap_or_default(),
            max: BOUNDS.get(index + 1).map(|bound| bound - 1),
            count: self.counts.get(index).copied().unwrap_or_default(),
        };
        let mut buckets: Vec<PriceBucket> = (first..=last).map(one).collect();
        while buckets.len() > MAX_RANGES || buckets.iter().any(|bucket| bucket.count == 0) {
            merge_least(&mut buckets);
        }
        buckets
    }
}

/// The range of a price. This is done for each product that a search finds, and a search among the bounds took a
/// seventh of the time that counting takes.
fn range_of(price: i64) -> usize {
    let digits = price.max(1).ilog10() as usize;
    let Some(power) = digits.checked_sub(2) else {
        return 0;
    };
    let first = 1 + 3 * power;
    let is_above = |range: usize| BOUNDS.get(range).is_some_and(|bound| *bound <= price);
    let range = first + usize::from(is_above(first + 1)) + usize::from(is_above(first + 2));
    range.min(BOUNDS.len() - 1)
}

/// Puts those two neighbours together that have the fewest products.
fn merge_least(buckets: &mut Vec<PriceBucket>) {
    let sums = buckets
        .windows(2)
        .map(|pair| pair.iter().map(|bucket| bucket.count).sum::<u64>());
    // One that is empty goes first, whatever its neighbour has.
    let empty = buckets
        .windows(2)
        .map(|pair| pair.iter().all(|bucket| bucket.count > 0));
    let least = empty
        .zip(sums)
        .enumerate()
        .min_by_key(|(_, pair)| *pair)
        .map(|(index, _)| index);
    let Some(least) = least.filter(|least| least + 1 < buckets.len()) else {
        return;
    };
    let upper = buckets.remove(least + 1);
    if let Some(lower) = buckets.get_mut(least) {
        (lower.max, lower.count) = (upper.max, lower.count + upper.count);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_price_is_in_the_range_that_begins_at_the_last_bound_below_it() {
        let around = BOUNDS
            .iter()
            .flat_map(|bound| [bound - 1, *bound, bound + 1, 7 * bound]);
        for price in around.chain([i64::MIN, i64::MAX]) {
            let below = BOUNDS.partition_point(|bound| *bound <= price).saturating_sub(1);
            assert_eq!(range_of(price), below, "{price}");
        }
    }

    proptest! {
        #[test]
        fn every_price_is_in_one_range_and_ranges_touch(prices in prop::collection::vec(1_i64..20_000_000_000, 0..60)) {
            let mut counts = PriceCounts::default();
            for price in &prices {
                counts.count(Some(*price));
            }
            counts.count(None);
            let buckets = counts.buckets();
            prop_assert!(buckets.len() <= MAX_RANGES);
            prop_assert_eq!(buckets.is_empty(), prices.is_empty());
            for bucket in &buckets {
                let within = |price: &&i64| **price >= bucket.min && bucket.max.is_none_or(|max| **price <= max);
                prop_assert_eq!(prices.iter().filter(within).count() as u64, bucket.count);
                prop_assert!(bucket.count > 0);
            }
            for pair in buckets.windows(2) {
                prop_assert_eq!(pair[0].max, Some(pair[1].min - 1));
            }
        }
    }
}
