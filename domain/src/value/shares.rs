//! Dividing a sum so that its parts add up.

/// Divides a sum by weights: each part is rounded down, and the units that are left over go to the parts that lost
/// most by it, the first of them first (the method of the largest remainder).
///
/// The parts always add up to the sum, unless all weights are zero: then each part is zero. Weights below zero
/// count as zero, and so does a sum below zero.
pub fn shares(sum: i64, weights: &[i64]) -> Vec<i64> {
    let sum = i128::from(sum.max(0));
    let weight = |weight: &i64| i128::from((*weight).max(0));
    let whole: i128 = weights.iter().map(weight).sum();
    if whole == 0 {
        return vec![0; weights.len()];
    }
    let mut parts: Vec<i128> = weights.iter().map(|each| sum * weight(each) / whole).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(sum * weight(&weights[*index]) % whole));
    let given: i128 = parts.iter().sum();
    // Each part lost less than one unit, so there are fewer units left over than parts.
    let left_over = usize::try_from(sum - given).unwrap_or(0);
    for index in order.into_iter().take(left_over) {
        parts[index] += 1;
    }
    parts
        .into_iter()
        .map(|part| i64::try_from(part).unwrap_or(i64::MAX))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::shares;
    use crate::value::Money;

    #[test]
    fn what_is_left_over_goes_to_the_parts_that_lost_most() {
        assert_eq!(shares(3000, &[2500, 2500]), [1500, 1500]);
        assert_eq!(shares(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(shares(10, &[1, 2, 4]), [1, 3, 6]);
        assert_eq!(shares(0, &[5, 7]), [0, 0]);
        assert_eq!(shares(7, &[0, 0]), [0, 0]);
        assert!(shares(7, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn the_parts_add_up_and_none_is_off_by_a_whole_unit(
            sum in 0..=Money::MAX_AMOUNT,
            weights in vec(0..=Money::MAX_AMOUNT, 1..20),
        ) {
            let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            prop_assume!(whole > 0);
            let parts = shares(sum, &weights);
            let total: i128 = parts.iter().map(|part| i128::from(*part)).sum();
            prop_assert_eq!(total, i128::from(sum));
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(sum) * i128::from(*weight);
                let off = i128::from(*part) * whole - exact;
                prop_assert!(off.abs() < whole, "{} of {} by {:?}", part, sum, weights);
            }
        }
    }
}
