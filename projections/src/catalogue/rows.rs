//! The columns of one segment that every search looks at, unpacked in memory.
//!
//! A search that counts facets looks at several columns of every product that matches, and these products lie
//! anywhere. Reading packed columns costs more than everything else together; after that it is the wait for
//! memory that counts. So what is looked at of every product is four bytes, which a processor's cache has room for
//! in a large catalogue too, and facet values that several products share are stored once. Prices and identifiers
//! stay packed: only some searches look at one of the prices, and only the products of a page are named.

use std::{collections::HashMap, sync::Arc};

use domain::value::ProductId;
use tantivy::{
    DocId, SegmentReader, TantivyError,
    columnar::{Column, StrColumn},
};
use uuid::Uuid;

use super::{
    dictionary::{Dictionary, ValueId},
    index::{AVAILABLE, CREATED, FACETS, ID_HIGH, ID_LOW, ORDERS},
};

/// The columns of one segment.
pub(super) struct Rows {
    rows: Vec<Row>,
    /// The positions of the events that created the products; 0 for what is no product.
    created: Vec<u64>,
    /// How many lines of orders there were.
    orders: Vec<u32>,
    /// The halves of the identifiers. To open a column costs more than to read a page of it.
    id: Option<(Column<u64>, Column<u64>)>,
    sets: ValueSets,
}

/// What is looked at of every product: whether it can be had, and where its facet values are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row(u32);

/// Where a set of facet values is.
#[derive(Debug, Clone, Copy)]
pub(super) struct SetId(u32);

impl Row {
    const IS_PRODUCT: u32 = 1 << 31;
    const IN_STOCK: u32 = 1 << 30;

    fn new(is_product: bool, in_stock: bool, SetId(set): SetId) -> Self {
        let mut bits = set & !(Self::IS_PRODUCT | Self::IN_STOCK);
        if is_product {
            bits |= Self::IS_PRODUCT;
        }
        if in_stock {
            bits |= Self::IN_STOCK;
        }
        Self(bits)
    }

    /// Whether a search may find it. What was never created is no product.
    const fn is_product(self) -> bool {
        self.0 & Self::IS_PRODUCT != 0
    }

    /// Whether it can be had.
    pub(super) const fn in_stock(self) -> bool {
        self.0 & Self::IN_STOCK != 0
    }

    /// Its facet values.
    pub(super) const fn set(self) -> SetId {
        SetId(self.0 & !(Self::IS_PRODUCT | Self::IN_STOCK))
    }
}

/// Sets of facet values, one after the other, each after the number of its values.
struct ValueSets(Vec<u32>);

impl ValueSets {
    /// The set without values.
    const EMPTY: SetId = SetId(0);

    fn get(&self, SetId(set): SetId) -> &[ValueId] {
        let place = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
        let Some((count, rest)) = self.0.get(place(set)..).and_then(<[u32]>::split_first) else {
            return &[];
        };
        rest.get(..place(*count)).unwrap_or_default()
    }
}

/// Collects sets, and finds those again that came before.
struct SetCollector {
    sets: ValueSets,
    known: HashMap<Box<[ValueId]>, SetId>,
}

impl SetCollector {
    /// How many sets are found again. Where products have hardly anything in common, finding them saves nothing.
    const MAX_KNOWN: usize = 50_000;

    fn new() -> Self {
        Self {
            sets: ValueSets(vec![0]),
            known: HashMap::new(),
        }
    }

    /// The set of these values. One that there is no more room for is empty.
    fn intern(&mut self, values: &[ValueId]) -> SetId {
        if values.is_empty() {
            return ValueSets::EMPTY;
        }
        if let Some(set) = self.known.get(values) {
            return *set;
        }
        let end = u32::try_from(self.sets.0.len()).ok();
        let end = end.filter(|end| *end < Row::IN_STOCK);
        let (Some(end), Ok(count)) = (end, u32::try_from(values.len())) else {
            return ValueSets::EMPTY;
        };
        self.sets.0.push(count);
        self.sets.0.extend(values);
        if self.known.len() < Self::MAX_KNOWN {
            self.known.insert(values.into(), SetId(end));
        }
        SetId(end)
    }
}

impl Rows {
    /// Reads the columns of a segment. Texts that are new go into the dictionary.
    pub(super) fn read(
        segment: &SegmentReader,
        dictionary: &mut Arc<Dictionary>,
    ) -> Result<Self, TantivyError> {
        let columns = segment.fast_fields();
        let numbers = |name| columns.column_opt::<u64>(name);
        let (created, orders) = (numbers(CREATED)?, numbers(ORDERS)?);
        let available = numbers(AVAILABLE)?;
        let facets = columns.str(FACETS)?;
        let first = |column: &Option<Column<u64>>, document| {
            let value = column.as_ref().and_then(|column| column.first(document));
            value.unwrap_or_default()
        };
        let ids = match &facets {
            Some(column) => {
                let since = oldest(column, segment.max_doc(), |document| first(&created, document));
                let mut terms = column.dictionary().stream()?;
                let mut ids = Vec::with_capacity(since.len());
                for since in since {
                    if !terms.advance() {
                        break;
                    }
                    let text = std::str::from_utf8(terms.key()).unwrap_or_default();
                    ids.push(Dictionary::intern_shared(dictionary, text, since));
                }
                ids
            }
            None => Vec::new(),
        };
        let count = usize::try_from(segment.max_doc()).unwrap_or_default();
        let mut rows = Self {
            rows: Vec::with_capacity(count),
            created: Vec::with_capacity(count),
            orders: Vec::with_capacity(count),
            id: numbers(ID_HIGH)?.zip(numbers(ID_LOW)?),
            sets: ValueSets(Vec::new()),
        };
        let (mut sets, mut values) = (SetCollector::new(), Vec::new());
        for document in 0..segment.max_doc() {
            values.clear();
            if let Some(column) = &facets {
                let ordinals = column.ords().values_for_doc(document);
                values.extend(ordinals.filter_map(|ordinal| *ids.get(usize::try_from(ordinal).ok()?)?));
            }
            let (created, in_stock) = (first(&created, document), first(&available, document) > 0);
            rows.rows
                .push(Row::new(created > 0, in_stock, sets.intern(&values)));
            rows.created.push(created);
            rows.orders
                .push(u32::try_from(first(&orders, document)).unwrap_or(u32::MAX));
        }
        rows.sets = sets.sets;
        rows.sets.0.shrink_to_fit();
        Ok(rows)
    }

    /// How many there are, products and others.
    pub(super) fn len(&self) -> DocId {
        DocId::try_from(self.rows.len()).unwrap_or(DocId::MAX)
    }

    /// A product that a search may find.
    pub(super) fn product(&self, document: DocId) -> Option<Row> {
        let row = self.rows.get(usize::try_from(document).ok()?)?;
        row.is_product().then_some(*row)
    }

    /// The position of the event that created a product.
    pub(super) fn created(&self, document: DocId) -> u64 {
        let index = usize::try_from(document).unwrap_or(usize::MAX);
        self.created.get(index).copied().unwrap_or_default()
    }

    /// How many lines of orders there were for a product.
    pub(super) fn orders(&self, document: DocId) -> u32 {
        let index = usize::try_from(document).unwrap_or(usize::MAX);
        self.orders.get(index).copied().unwrap_or_default()
    }

    /// The identifier of a product; nothing for what is none.
    pub(super) fn product_id(&self, document: DocId) -> Option<ProductId> {
        let (high, low) = self.id.as_ref()?;
        let id = Uuid::from_u64_pair(high.first(document)?, low.first(document)?);
        Some(ProductId::new(id))
    }

    /// The facet values of a set.
    pub(super) fn values(&self, set: SetId) -> &[ValueId] {
        self.sets.get(set)
    }
}

/// For each term of a column when the oldest of its products was created.
fn oldest(column: &StrColumn, documents: DocId, created: impl Fn(DocId) -> u64) -> Vec<u64> {
    let mut oldest = vec![u64::MAX; column.dictionary().num_terms()];
    for document in 0..documents {
        let created = created(document);
        for ordinal in column.ords().values_for_doc(document) {
            let entry = usize::try_from(ordinal)
                .ok()
                .and_then(|ordinal| oldest.get_mut(ordinal));
            if let Some(entry) = entry {
                *entry = created.min(*entry);
            }
        }
    }
    oldest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_with_the_same_values_share_them_and_others_have_their_own() {
        let mut sets = SetCollector::new();
        let wanted: [&[ValueId]; 5] = [&[], &[7], &[1, 2, 3], &[7], &[1, 2]];
        let found = wanted.map(|values| sets.intern(values));
        for (values, set) in wanted.iter().zip(found) {
            let row = Row::new(true, values.len() == 1, set);
            assert_eq!(sets.sets.get(row.set()), *values);
            assert_eq!(row.in_stock(), values.len() == 1);
            assert!(row.is_product() && !Row::new(false, true, set).is_product());
        }
        assert_eq!(found[1].0, found[3].0);
        assert_eq!(sets.sets.0.len(), 1 + 2 + 4 + 3);
    }
}
