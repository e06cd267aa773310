//! Which rows want the same slug or SKU, and so must not race each other.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{Claim, product::ProductEvent};

use super::{ImportRow, row::ImportedProduct};

/// What a row claims. The case of a SKU makes no difference.
pub(super) fn claims(product: &ImportedProduct) -> HashSet<Claim> {
    let draft = &product.draft;
    let skus = draft
        .variants
        .iter()
        .map(|variant| ProductEvent::any_case_claim(&variant.sku));
    std::iter::once(ProductEvent::slug_claim(&draft.slug))
        .chain(skus)
        .collect()
}

/// The rows in groups. Two rows are in one group if they claim the same, also by way of other rows. Groups
/// begin in the order of the file, and so do the rows within each.
pub(super) fn groups(rows: Vec<ImportRow>) -> Vec<Vec<ImportRow>> {
    let mut parents: Vec<usize> = (0..rows.len()).collect();
    let mut holders: HashMap<Claim, usize> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        let Ok(product) = &row.product else { continue };
        for claim in claims(product) {
            let holder = *holders.entry(claim).or_insert(index);
            let (upper, lower) = (root(&mut parents, holder), root(&mut parents, index));
            // The upper row stays the root, so that a group begins where its first row is.
            let (first, second) = (upper.min(lower), upper.max(lower));
            if let Some(parent) = parents.get_mut(second) {
                *parent = first;
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<ImportRow>> = BTreeMap::new();
    for (index, row) in rows.into_iter().enumerate() {
        groups.entry(root(&mut parents, index)).or_default().push(row);
    }
    groups.into_values().collect()
}

/// The first row of the group of a row. Halving the path on the way keeps it short.
fn root(parents: &mut [usize], mut index: usize) -> usize {
    let parent = |parents: &[usize], index: usize| parents.get(index).copied().unwrap_or(index);
    loop {
        let above = parent(parents, index);
        if above == index {
            return index;
        }
        let next = parent(parents, above);
        if let Some(entry) = parents.get_mut(index) {
            *entry = next;
        }
        index = next;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(number: u64, slug: &str, skus: &[&str]) -> ImportRow {
        let variants: Vec<_> = skus.iter().map(|sku| json!({"sku": sku})).collect();
        let body = json!({"name": "Lamp", "slug": slug, "variants": variants, "tax_rate_bp": 0});
        ImportRow::read(number, serde_json::from_value(body).unwrap(), Vec::new())
    }

    fn numbers(rows: Vec<ImportRow>) -> Vec<Vec<u64>> {
        let groups = groups(rows).into_iter();
        groups
            .map(|group| group.iter().map(|row| row.row).collect())
            .collect()
    }

    #[test]
    fn rows_that_claim_nothing_in_common_are_apart() {
        let broken = ImportRow::malformed(3, Vec::new());
        let rows = vec![row(1, "a", &["A"]), row(2, "b", &["B"]), broken];
        assert_eq!(numbers(rows), [[1], [2], [3]]);
    }

    #[test]
    fn rows_that_claim_the_same_are_together_in_their_order() {
        let rows = vec![
            row(1, "a", &["A", "B"]),
            row(2, "b", &["C"]),
            row(3, "c", &["b"]),
            row(4, "b", &["D"]),
            row(5, "a", &["C"]),
            row(6, "z", &["Z"]),
        ];
        assert_eq!(numbers(rows), [vec![1, 2, 3, 4, 5], vec![6]]);
    }
}
