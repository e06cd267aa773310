//! The columns of one segment that every search looks at, unpacked in memory.
//!
//! A search that counts facets looks at several columns of every product that matches. Reading them
//! packed costs more than everything else together. Unpacked they take some 20 bytes for each product
//! and 4 for each of its facet values. Prices and identifiers stay packed: only some searches look at one of
//! the prices, and only the products of a page are named.

use std::sync::Arc;

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
    products: Vec<Row>,
    /// The halves of the identifiers. To open a column costs more than to read a page of it.
    id: Option<(Column<u64>, Column<u64>)>,
    /// The facet values of all products, one after the other.
    values: Vec<ValueId>,
}

/// A product, or nothing that a search may find if it was never created.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// The position of the event that created it; 0 for what is no product.
    pub(super) created: u64,
    /// Where its facet values end; they begin where those of the one before end.
    values_end: u32,
    /// How many lines of orders there were for it.
    pub(super) orders: u32,
    pub(super) in_stock: bool,
}

/// Where the facet values of a product lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    begin: u32,
    end: u32,
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
        let mut rows = Self {
            id: numbers(ID_HIGH)?.zip(numbers(ID_LOW)?),
            products: Vec::with_capacity(usize::try_from(segment.max_doc()).unwrap_or_default()),
            values: Vec::new(),
        };
        for document in 0..segment.max_doc() {
            if let Some(column) = &facets {
                let ordinals = column.ords().values_for_doc(document);
                let known = ordinals.filter_map(|ordinal| *ids.get(usize::try_from(ordinal).ok()?)?);
                rows.values.extend(known);
            }
            rows.products.push(Row {
                created: first(&created, document),
                values_end: u32::try_from(rows.values.len()).unwrap_or(u32::MAX),
                orders: u32::try_from(first(&orders, document)).unwrap_or(u32::MAX),
                in_stock: first(&available, document) > 0,
            });
        }
        rows.values.shrink_to_fit();
        Ok(rows)
    }

    /// How many there are, products and others.
    pub(super) fn len(&self) -> DocId {
        DocId::try_from(self.products.len()).unwrap_or(DocId::MAX)
    }

    /// A product that a search may find.
    pub(super) fn product(&self, document: DocId) -> Option<&Row> {
        let row = self.products.get(usize::try_from(document).ok()?)?;
        (row.created > 0).then_some(row)
    }

    /// The identifier of a product; nothing for what is none.
    pub(super) fn product_id(&self, document: DocId) -> Option<ProductId> {
        let (high, low) = self.id.as_ref()?;
        let id = Uuid::from_u64_pair(high.first(document)?, low.first(document)?);
        Some(ProductId::new(id))
    }

    /// The facet values of a product.
    pub(super) fn values(&self, document: DocId) -> &[ValueId] {
        self.values_at(self.span(document))
    }

    /// Where the facet values of a product lie.
    pub(super) fn span(&self, document: DocId) -> Span {
        let end = |index: usize| self.products.get(index).map_or(0, |row| row.values_end);
        let index = usize::try_from(document).unwrap_or(usize::MAX);
        Span {
            begin: index.checked_sub(1).map_or(0, end),
            end: end(index),
        }
    }

    /// The facet values that lie there.
    pub(super) fn values_at(&self, span: Span) -> &[ValueId] {
        let place = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
        self.values
            .get(place(span.begin)..place(span.end))
            .unwrap_or_default()
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
